namespace RabbitBridge.Remote;

/// <summary>The messages between remote sessions and gateways. The numbers are those of docs/remote-protocol.md.</summary>
internal enum RemoteMessageType
{
    Request = 1,
    FilterRequest = 2,
    Cancel = 3,
    Response = 4,
    Error = 5,
    FilterAnswer = 6,
    FilterError = 7,
    FilterCount = 8,
    Credit = 9,
    AddHandler = 10,
    RemoveHandler = 11,
    Delivery = 12,
    SetProperties = 13,
    ChangeRoles = 14,
    AddListener = 15,
    RemoveListener = 16,
    SessionEvent = 17,
    Properties = 18,
    Closed = 19,
    Close = 20,
    Routes = 21,
    ProjectSend = 22,
    AddMessageHandler = 23,
    RemoveMessageHandler = 24,
    ProjectMessage = 25,
    AddService = 26,
    RemoveService = 27,
    Services = 28,
}
