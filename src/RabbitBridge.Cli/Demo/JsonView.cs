using System.Text.Json;

namespace RabbitBridge.Cli.Demo;

/// <summary>One JSON document at the end; what goes on meanwhile is told on standard error.</summary>
internal sealed class JsonView(TextWriter output, TextWriter error) : IDemoView
{
    public void Progress(string text) => error.WriteLine(text);

    public void Step(DemoStep step) => error.WriteLine($"{(step.Passed ? "ok" : "FAILED")}: {step.Title}");

    public void End(DemoReport report) => output.WriteLine(JsonSerializer.Serialize(report, DemoJson.Default.DemoReport));
}
