using System.Text.Json.Nodes;

namespace RabbitBridge.Cli.Remote;

/// <summary>The receipts of project messages as JSON, with the names that their text has.</summary>
internal static class ReceiptJson
{
    public static JsonObject Of(MessageReceipt receipt)
    {
        var json = new JsonObject { ["type"] = receipt.Type.ToString() };
        if (receipt.Type == MessageSystem.Client)
        {
            json["sessionId"] = receipt.SessionId?.ToString();
            json["clientAddress"] = receipt.ClientAddress;
            json["clientHostName"] = receipt.ClientHostName;
        }

        json["project"] = receipt.Project;
        json["messageHandler"] = receipt.MessageHandler;
        json["filterParams"] = Of(receipt.Selection);
        json["sendStatus"] = MessageReceipt.NameOf(receipt.Status);
        if (receipt.Server is { } server)
            json["server"] = server;
        return json;
    }

    private static JsonObject Of(MessageSelection selection) => new()
    {
        ["hostName"] = selection.HostName ?? "",
        ["clientId"] = selection.ClientSessionId ?? "",
        ["scope"] = MessageScopes.Format(selection.EffectiveScope),
        ["user"] = selection.User ?? "",
        ["hasRole"] = selection.HasRole ?? "",
    };
}
