/** Whom a message is for: whoever handles its path, one session, the sessions that satisfy a filter, or the handlers of a project. */
export type SendTarget = 'path' | 'session' | 'filter' | 'project';

/** Where a gateway is, as the client has connected to it. */
export interface ServerAddress {
    /** The name or the number of the host; IPv6 without brackets. */
    readonly address: string;
    readonly port: number;
}

/** A message that is about to be sent. */
export interface SentMessage {
    /** The message path, or `project/handler`. */
    readonly destination: string;
    readonly target: SendTarget;
    /** The id of the session that sends. */
    readonly sessionId: string;
    readonly server: ServerAddress;
    /** The W3C `traceparent` that the caller has given. */
    readonly traceParent: string | undefined;
}

/** A message that is about to be handled. */
export interface HandledMessage {
    /** The message path, or `project/handler`. */
    readonly destination: string;
    /** The branch for which the handler is registered, or `project/handler`: of these there are few. `undefined` for request streams. */
    readonly branch: string | undefined;
    readonly server: ServerAddress;
    /** The W3C `traceparent` with which the message has come. */
    readonly traceParent: string | undefined;
}

/** A message that is under way. */
export interface Sending {
    /** The W3C `traceparent` that goes out with the message; `undefined` for the one that the caller has given, if any. */
    readonly traceParent: string | undefined;
    /**
     * The message has come to its end: it was answered, by a filter the last time, or it failed. Called once.
     *
     * @param error what it failed with, if it did: the name of an `ErrorReason`, `CANCELLED` if its signal was aborted, or else the error's name
     */
    end(error?: string): void;
}

/** A message that is handled. */
export interface Handling {
    /**
     * Runs the handler, at once and once. Called once, unless the message cannot be read.
     *
     * @param handler does not throw
     */
    run(handler: () => void): void;
    /**
     * The request is answered, the message is handled, or it is not waited for any more. Called once, perhaps while the handler runs.
     *
     * @param error what it failed with, if it did, as for {@link Sending.end}; `CANCELLED` if the gateway says that nobody waits
     */
    end(error?: string): void;
}

/** Is told of the messages that a session sends and handles. `openTelemetry()` of `rabbitbridge/opentelemetry` makes spans and metrics of it. */
export interface Telemetry {
    /** A message is about to be sent. Must return at once, and must not change what is current in the caller. */
    send(message: SentMessage): Sending;
    /** A message has come for a handler. */
    process(message: HandledMessage): Handling;
}
