namespace RabbitBridge;

/// <summary>The permissions that messaging asks for, with the names of the Diffusion permissions.</summary>
public enum Permission
{
    /// <summary>REGISTER_HANDLER, global: register request handlers.</summary>
    RegisterHandler,

    /// <summary>VIEW_SESSION, global: see the properties of other sessions.</summary>
    ViewSession,

    /// <summary>MODIFY_SESSION, global: change properties and roles of sessions.</summary>
    ModifySession,

    /// <summary>CONTROL_SERVER, global: give existing services paths, and take them away.</summary>
    ControlServer,

    /// <summary>SEND_TO_MESSAGE_HANDLER, by path: send requests to handlers.</summary>
    SendToMessageHandler,

    /// <summary>SEND_TO_SESSION, by path: send requests to sessions.</summary>
    SendToSession,
}
