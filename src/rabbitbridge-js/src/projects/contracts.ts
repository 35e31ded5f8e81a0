/** A message as its handler gets it. */
export interface ProjectMessage<TPayload = Record<string, unknown>> {
    readonly project: string;
    /** The handler's name. */
    readonly messageHandler: string;
    /** The payload, a plain object. */
    readonly payload: TPayload;
    /** The id of the session that sent it. */
    readonly sender: string;
    /** The sender's principal, as its gateway tells; empty if anonymous. */
    readonly principal: string;
    /** The sender's roles, as its gateway tells. */
    readonly roles: readonly string[];
    /** The sender's W3C `traceparent`, if there is one. */
    readonly traceParent: string | undefined;
}

/** Handles messages of the session's project. */
export interface MessageHandler<TPayload = Record<string, unknown>> {
    /**
     * Takes a message. The session's handlers share one queue: messages come one after the other, in the order in which they arrived, and a
     * promise that is returned is waited for, up to 30 s. What is thrown, and what the promise rejects with, reaches `onError`; the sender does not hear of it.
     */
    onMessage(message: ProjectMessage<TPayload>): unknown;
    /**
     * A message could not be handled, or the handler could not be registered in a new session. Without this function the session's event `error`
     * tells of it.
     */
    onError?(error: unknown): void;
    /** Called once, when the registration or the session is closed. No message follows. */
    onClose?(): void;
}

/** What narrows a message, and where it goes. What is left out does not narrow. */
export interface SendMessageOptions {
    /** `C` for client sessions, `G` for the gateway, `CG` for both. The default is `C` if a user, role or host is given, else `CG`. */
    readonly scope?: 'C' | 'G' | 'CG' | 'GC' | null | undefined;
    /** Only the client session with this id. By itself it does not keep the message from the gateway: that is what the scope is for. */
    readonly clientSessionId?: string | null | undefined;
    /** Only client sessions of this principal. */
    readonly user?: string | null | undefined;
    /** Only client sessions with this role. */
    readonly hasRole?: string | null | undefined;
    /** Only client sessions on this host, as told by their property `$ClientHostName`. */
    readonly hostName?: string | null | undefined;
    /** The gateways to deliver it at, by name; the session's own only if it is among them. The default, as for an empty list, is the session's own. */
    readonly remoteServers?: readonly string[] | null | undefined;
    /** A W3C `traceparent` that the message shall carry. With `telemetry` it is the parent of the span whose `traceparent` the message carries. */
    readonly traceParent?: string | null | undefined;
}

/** Where a request goes, and its limits. */
export interface ProjectRequestOptions {
    /** The gateway, by name. The default is the session's own. */
    readonly remoteServer?: string | null | undefined;
    /** The time for the answer, in milliseconds; 0 for no limit. The default is the session's. */
    readonly timeout?: number | undefined;
    /** Ends the wait: the promise is rejected with the signal's reason, and the handler is told. */
    readonly signal?: AbortSignal | undefined;
    /** A W3C `traceparent` that the request shall carry. With `telemetry` it is the parent of the span whose `traceparent` the request carries. */
    readonly traceParent?: string | null | undefined;
}
