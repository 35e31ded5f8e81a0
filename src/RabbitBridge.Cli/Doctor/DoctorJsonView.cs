using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitBridge.Cli.Values;

namespace RabbitBridge.Cli.Doctor;

/// <summary>For scripts.</summary>
internal sealed class DoctorJsonView(TextWriter output) : IDoctorView
{
    public void Show(Finding finding) => output.WriteJson(new JsonObject
    {
        ["check"] = finding.Check,
        ["result"] = JsonNamingPolicy.CamelCase.ConvertName(finding.Kind.ToString()),
        ["text"] = finding.Text,
        ["advice"] = finding.Advice,
    });

    public void End(int problems, int warnings) => output.WriteJson(new JsonObject { ["problems"] = problems, ["warnings"] = warnings });
}
