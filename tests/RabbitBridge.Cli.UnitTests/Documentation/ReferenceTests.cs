using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace RabbitBridge.Cli.UnitTests.Documentation;

/// <summary>What the reference names is in the code, and the reverse.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Errors_have_their_numbers_and_names()
    {
        var inCode = Enum.GetValues<ErrorReason>().Select(reason => $"{(int)reason} | {ErrorNames.Of(reason)} | `{ExceptionOf(reason)}`");

        Assert.Equal(inCode.Order(), DocumentationFiles.FirstCells("docs/errors.md", @"(\d+ \| [A-Z_]+ \| `\w+`)").Select(static row => row.Trim()).Order());
    }

    [Fact]
    public void Exit_codes_are_those_of_the_command_line()
    {
        var inCode = typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.FieldType == typeof(int))
            .Select(field => ((int)field.GetRawConstantValue()!).ToString(CultureInfo.InvariantCulture));

        Assert.Equal(inCode.Order(), DocumentationFiles.FirstCells("docs/cli.md", @"(\d+)").Order());
    }

    [Fact]
    public void Instruments_are_those_that_are_measured()
    {
        Assert.True(Instruments.All.Count > 20, $"{Instruments.All.Count} instruments");
        // An attribute whose values have a table of their own.
        var documented = DocumentationFiles.FirstCells("docs/telemetry.md", @"((?:messaging|rabbitbridge)\.[a-z.]+)").Where(static name => !Instruments.Attributes.Contains(name));
        Assert.Equal(Instruments.All.Select(static each => each.Name).Order(), documented.Order());
    }

    [Fact]
    public void Attributes_are_those_that_are_told()
    {
        var documented = Regex.Matches(DocumentationFiles.Read("docs/telemetry.md"), @"`((?:messaging|rabbitbridge|server|error)\.[a-z_.]+)`").Select(static match => match.Groups[1].Value);

        Assert.Equal(Instruments.Attributes.Order(), documented.Except(Instruments.All.Select(static each => each.Name)).Distinct().Order());
    }

    [Theory]
    [InlineData("Gateway", "RabbitBridge.GatewayOptions, RabbitBridge")]
    [InlineData("RabbitMq", "RabbitBridge.RabbitMqOptions, RabbitBridge.RabbitMq")]
    [InlineData("Remote", "RabbitBridge.RemoteOptions, RabbitBridge.AspNetCore")]
    public void Options_are_those_of_the_sections(string section, string type)
    {
        // A clock is no setting, and those of TLS have a table of their own.
        var inCode = Type.GetType(type, throwOnError: true)!.GetProperties().Where(property => property.PropertyType != typeof(TimeProvider)).Select(property => property.Name);
        var documented = Regex.Matches(DocumentationFiles.Read("docs/gateway.md"), $"^\\|.*`{section}:(\\w+)", RegexOptions.Multiline)
            .SelectMany(row => Regex.Matches(row.Value.Split(" | ")[0], $"`{section}:(\\w+)").Select(match => match.Groups[1].Value)).Distinct();

        Assert.Equal(inCode.Order(), documented.Order());
    }

    private static string ExceptionOf(ErrorReason reason) => MessagingException.For(reason, "").GetType().Name;
}
