namespace RabbitBridge.Cli.Demo;

/// <summary>Where the demo shows what it does.</summary>
internal interface IDemoView
{
    /// <summary>What is going on, for a person who waits.</summary>
    void Progress(string text);

    void Step(DemoStep step);

    void End(DemoReport report);
}
