namespace RabbitBridge.IntegrationTests;

/// <summary>The managed memory of the process. It tells something only where no other test runs beside the one that asks.</summary>
internal static class MemoryInUse
{
    public static long Bytes()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Waits until no more is in use than there was: what dies shortly after its last use, such as buffers of the client, may take a moment.</summary>
    /// <param name="before">What was in use before.</param>
    /// <param name="allowedGrowth">How many bytes more may be.</param>
    public static async Task AssertBackAsync(long before, long allowedGrowth)
    {
        var growth = long.MaxValue;
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.Yield();
                return (growth = Bytes() - before) < allowedGrowth;
            },
            () => $"no more than {allowedGrowth / 1024} KiB more are in use than before, but {growth / 1024} KiB");
    }
}
