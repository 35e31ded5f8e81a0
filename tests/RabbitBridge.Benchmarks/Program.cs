using System.CommandLine;
using RabbitBridge.Benchmarks;
using RabbitBridge.Benchmarks.Workers;

// Time to end the workers and the broker after Ctrl-C; the default of two seconds is too short for a broker.
var settings = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return args is [Worker.Verb]
    ? await WorkerProgram.RunAsync().ConfigureAwait(false)
    : await BenchCommand.Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }).InvokeAsync(settings).ConfigureAwait(false);
