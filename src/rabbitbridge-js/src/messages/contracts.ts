/** Who sent a request, and where to. */
export interface RequestContext {
    /** The sender; empty if it is no session, but a service over plain AMQP. */
    readonly sessionId: string;
    /** The whole message path, in canonical form. */
    readonly path: string;
    /** Those of the sender's properties that the handler asked for. */
    readonly properties: Readonly<Record<string, string>>;
    /** The W3C trace context of the request, if it has one. */
    readonly traceParent: string | undefined;
}

/** Takes the one answer to a request. */
export interface Responder {
    /**
     * Answers.
     *
     * @param value the response; not null or undefined
     * @param type how to write it; the default is the stream's response type, or else what the value is
     * @throws RabbitBridgeError INCOMPATIBLE_STATE if it was answered before, INVALID_DATA if the value cannot be written or is too large
     */
    respond(value: unknown, type?: unknown): void;

    /**
     * Refuses: the sender's request fails with REJECTED_REQUEST.
     *
     * @param text why, for the sender; shortened to 4,096 characters
     * @throws RabbitBridgeError INCOMPATIBLE_STATE if it was answered before
     */
    reject(text: string): void;

    /** Aborted when nobody waits for the answer any more. */
    readonly signal: AbortSignal;
}

/** Answers the requests of a branch. */
export interface RequestHandler<TRequest = unknown> {
    /**
     * Takes a request; the answer may be given later. What it throws, and what a promise that it returns rejects with, reaches the sender as
     * CALLBACK_EXCEPTION without details, and `onError`.
     */
    onRequest(request: TRequest, context: RequestContext, responder: Responder): unknown;
    /** A request could not be handled: `onRequest` threw, or the request could not be read. The sender has been told. */
    onError?(error: unknown): void;
    /** Called once, when the registration or the session is closed. No request follows. */
    onClose?(): void;
}

/** Answers requests that are sent to this session. */
export interface RequestStream<TRequest = unknown> {
    /** Takes a request, as {@link RequestHandler.onRequest}. */
    onRequest(path: string, request: TRequest, responder: Responder): unknown;
    /** As {@link RequestHandler.onError}. */
    onError?(error: unknown): void;
    /** Called once: when the stream is removed or replaced, or when the session is closed. */
    onClose?(): void;
}

/** Takes what sessions answer to a request that was sent by a filter; may be called before the number of sessions is known. */
export interface FilterCallback<TResponse = unknown> {
    /** A session has answered. */
    onResponse(sessionId: string, response: TResponse): void;
    /** A session to which the request was sent has not answered, or with an error. */
    onResponseError(sessionId: string, error: Error): void;
    /** The rest is lost: the connection or its session ended before all sessions had answered. Our addition; may be left out. */
    onError?(error: Error): void;
}

/** Something that stays until it is closed. */
export interface Registration {
    /** Ends it; completes when the gateways know. Does nothing the second time. */
    close(): Promise<void>;
}

/** Limits of one request. */
export interface RequestOptions {
    /** The time for the answer, in milliseconds; 0 for no limit. The default is the session's. */
    readonly timeout?: number;
    /** Ends the wait: the promise is rejected with the signal's reason, and the recipient is told. */
    readonly signal?: AbortSignal;
    /** A W3C `traceparent` that the request shall carry. With `telemetry` it is the parent of the span whose `traceparent` the request carries. */
    readonly traceParent?: string;
}
