namespace RabbitBridge.Gateways;

/// <summary>
/// Keeps handlers that block their threads from stopping the gateway itself: inbox, heartbeats and probes run on the thread pool, as RabbitMQ.Client does, and the pool by itself
/// adds two threads a second. A thread of its own puts something there at intervals; while that is not run although the process leaves its processors idle, the pool's minimum is raised.
/// One for the process, whose pool it is.
/// </summary>
internal static class ThreadPoolWatch
{
    private const int IntervalMilliseconds = 250;
    private const int PatienceMilliseconds = 100;
    private const int CalmMilliseconds = 10_000;
    private const int MaxThreads = 512;

    private static int _isStarted;

    public static void Start()
    {
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
            new Thread(Watch) { IsBackground = true, Name = "RabbitBridge thread pool watch" }.Start();
    }

    private static void Watch()
    {
        using var ran = new AutoResetEvent(false);
        using var never = new ManualResetEvent(false);
        ThreadPool.GetMinThreads(out var usual, out var completionPorts);
        var (raised, calm) = (false, 0);
        while (true)
        {
            var busy = Environment.CpuUsage.TotalTime;
            ThreadPool.UnsafeQueueUserWorkItem(static ran => ran.Set(), ran, preferLocal: false);
            while (!ran.WaitOne(PatienceMilliseconds))
            {
                var now = Environment.CpuUsage.TotalTime;
                if ((now - busy).TotalMilliseconds < PatienceMilliseconds * Environment.ProcessorCount / 2)
                {
                    // By half as many again: hundreds that block at once must not take longer than others wait for a sign of life.
                    var threads = ThreadPool.ThreadCount;
                    ThreadPool.SetMinThreads(Math.Max(usual, Math.Min(MaxThreads, threads + Math.Max(Environment.ProcessorCount, threads / 2))), completionPorts);
                    (raised, calm) = (true, 0);
                }

                busy = now;
            }

            if (raised && (calm += IntervalMilliseconds) > CalmMilliseconds)
                raised = !ThreadPool.SetMinThreads(usual, completionPorts);
            never.WaitOne(IntervalMilliseconds);
        }
    }
}
