import { dataTypeOf, type DataTypeOrName } from '../data/datatypes.js';
import { DataType, invalidData, kindOf } from '../data/data-type.js';
import type { ErrorReason } from '../errors/error-reason.js';
import { ask } from '../link/ask.js';
import { tellClosed } from '../link/callbacks.js';
import type { Channel } from '../link/channel.js';
import type { Delivery } from '../link/incoming.js';
import type { Link } from '../link/link.js';
import { outgoing } from '../link/outgoing.js';
import { milliseconds } from '../options.js';
import { branchPath, targetPath } from '../paths.js';
import { sessionIdOf } from '../sessions/session-id.js';
import { propertyKeys, type Keys } from '../sessions/property-keys.js';
import { beginSend, measured } from '../telemetry/sends.js';
import type { FilterCallback, Registration, RequestHandler, RequestOptions, RequestStream } from './contracts.js';
import { FilterRequest } from './filter-request.js';
import { Handlers } from './handlers.js';
import { Receivers } from './receivers.js';
import { Streams } from './streams.js';
import { read, write } from './values.js';

/** A session's id: text, or an object whose text it is. */
export type SessionIdLike = string | { toString(): string };

/** The Messages feature of a session: requests, and the handlers and streams that answer them. */
export class Messages {
    readonly #channel: Channel;
    readonly #handlers: Handlers;
    readonly #streams: Streams;
    readonly #receivers: Receivers;

    /** @internal */
    constructor(channel: Channel) {
        this.#channel = channel;
        this.#handlers = new Handlers(channel);
        this.#streams = new Streams(stream => tellClosed(channel, stream));
        this.#receivers = new Receivers(channel, ({ branch, path }) =>
            branch === undefined ? this.#streams.find(path) : this.#handlers.find(branch));
    }

    /**
     * Registers a handler for a branch of the message path hierarchy. When the promise is fulfilled, every gateway routes the requests of the
     * branch here, unless a more specific branch has a handler too. When a new session takes over after a loss, it is registered there, be it
     * again or because that was under way.
     *
     * @param path the branch; `/` catches what no deeper handler takes
     * @param handler called for each request
     * @param keys keys of those properties of the sender that requests shall bring along; see `PropertyKeys` for all. The default is none.
     * @param requestType how requests are read; the default is as what they come
     * @returns what closes it
     * @throws RabbitBridgeError INVALID_PATH; HANDLER_CONFLICT if this session has a handler there; ACCESS_DENIED without REGISTER_HANDLER,
     * or VIEW_SESSION for properties; SESSION_CLOSED; COMMUNICATION_FAILURE if the gateway cannot reach the others; REQUEST_TIME_OUT
     */
    async addRequestHandler<TRequest = unknown>(
        path: string, handler: RequestHandler<TRequest>, keys?: Keys | null, requestType?: DataTypeOrName<TRequest> | null): Promise<Registration> {
        checkCallbacks('handler', handler, 'onRequest');
        return this.#handlers.add(branchPath(path), handler as RequestHandler, propertyKeys(keys), dataTypeOf(requestType));
    }

    /**
     * Sends a request to the most specific handler, or to one session. The data type may take the place of a target that is not needed:
     * `sendRequest(path, request, datatypes.json())`. Options are last, after whichever of the others are given:
     * `sendRequest(path, request, { timeout: 300 })`.
     *
     * @param path the message path
     * @param request the request; not null or undefined
     * @param target the session that shall answer with its stream for exactly this path; the default is whoever handles the path
     * @param requestType how the request is written; the default is by what it is, see `datatypes`
     * @param responseType how the response is read; the default is as what it comes
     * @param options the limits of this request
     * @returns the response
     * @throws RabbitBridgeError UNHANDLED_MESSAGE if nobody handles the path; NO_SUCH_SESSION; REJECTED_REQUEST; REQUEST_TIME_OUT;
     * CALLBACK_EXCEPTION if the handler failed; INCOMPATIBLE_DATATYPE; INVALID_DATA; INVALID_PATH; ACCESS_DENIED; SESSION_CLOSED;
     * COMMUNICATION_FAILURE if the session was lost meanwhile; OVERLOADED
     */
    sendRequest<TResponse = unknown>(path: string, request: unknown, options: RequestOptions): Promise<TResponse>;
    sendRequest<TResponse = unknown>(
        path: string, request: unknown, target: SessionIdLike | null | undefined, options: RequestOptions): Promise<TResponse>;
    sendRequest<TResponse = unknown>(
        path: string, request: unknown, target: SessionIdLike | null | undefined, requestType: DataTypeOrName | null | undefined,
        options: RequestOptions): Promise<TResponse>;
    sendRequest<TResponse = unknown>(path: string, request: unknown, requestType: DataType, options: RequestOptions): Promise<TResponse>;
    sendRequest<TResponse = unknown>(
        path: string, request: unknown, target?: SessionIdLike | null, requestType?: DataTypeOrName | null,
        responseType?: DataTypeOrName<TResponse> | null, options?: RequestOptions): Promise<TResponse>;
    sendRequest<TResponse = unknown>(
        path: string, request: unknown, requestType: DataType, responseType?: DataTypeOrName<TResponse> | null,
        options?: RequestOptions): Promise<TResponse>;
    async sendRequest(path: string, request: unknown, ...rest: readonly unknown[]): Promise<unknown> {
        const [others, options] = splitOptions(rest, rest[0] instanceof DataType ? 2 : 3);
        const [target, requestType, responseType] = others[0] instanceof DataType ? [undefined, ...others] : others;
        const to = targetPath(path);
        const session = target === undefined || target === null ? null : sessionIdOf(target);
        const content = write('request', request, requestType, this.#channel.maxMessageBytes);
        const wanted = dataTypeOf(responseType);
        const limits = this.#limits(options);
        return measured(this.#channel, { destination: to, target: session === null ? 'path' : 'session', ...limits }, async traceParent => {
            const response = await ask(
                this.#channel,
                id => outgoing.request(id, to, session, limits.told, content, traceParent ?? null),
                { ...limits, isRequest: true, what: `The request to '${to}'` });
            return response === undefined ? undefined : read('response', response, wanted);
        });
    }

    /**
     * Sends a request to every session, on whichever gateway, that satisfies a filter, this one included.
     *
     * @param filter for instance `$Principal is 'ann' and not hasRoles ['guest']`; see `escape` for values
     * @param path the message path; sessions answer with their streams for exactly it
     * @param request the request; not null or undefined
     * @param callback takes each session's response or error
     * @param requestType how the request is written; the default is by what it is
     * @param responseType how responses are read; the default is as what they come
     * @param options the limits of this request, last after whichever types are given; after its signal the callback is not called any more
     * @returns to how many sessions the request was sent; 0 is a success
     * @throws RabbitBridgeError INVALID_FILTER; ACCESS_DENIED without SEND_TO_SESSION and VIEW_SESSION; else as `sendRequest`
     */
    sendRequestToFilter<TResponse = unknown>(
        filter: string, path: string, request: unknown, callback: FilterCallback<TResponse>, options: RequestOptions): Promise<number>;
    sendRequestToFilter<TResponse = unknown>(
        filter: string, path: string, request: unknown, callback: FilterCallback<TResponse>, requestType: DataTypeOrName | null | undefined,
        options: RequestOptions): Promise<number>;
    sendRequestToFilter<TResponse = unknown>(
        filter: string, path: string, request: unknown, callback: FilterCallback<TResponse>, requestType?: DataTypeOrName | null,
        responseType?: DataTypeOrName<TResponse> | null, options?: RequestOptions): Promise<number>;
    async sendRequestToFilter<TResponse = unknown>(
        filter: string, path: string, request: unknown, callback: FilterCallback<TResponse>, ...rest: readonly unknown[]): Promise<number> {
        const [[requestType, responseType], options] = splitOptions(rest, 2);
        if (typeof filter !== 'string')
            throw invalidData(`A filter is text, not ${kindOf(filter)}.`);
        checkCallbacks('callback', callback, 'onResponse', 'onResponseError');
        const to = targetPath(path);
        const content = write('request', request, requestType, this.#channel.maxMessageBytes);
        const wanted = dataTypeOf(responseType);
        const limits = this.#limits(options);
        const { traceParent, ended } = beginSend(this.#channel, { destination: to, target: 'filter', ...limits });
        return FilterRequest.send(
            this.#channel,
            id => outgoing.filterRequest(id, filter, to, limits.told, content, traceParent ?? null),
            callback as FilterCallback,
            wanted,
            { ...limits, what: `The request to '${to}' by a filter` },
            ended);
    }

    /**
     * Sets the stream that answers requests sent to this session at exactly this path. Nothing is told to other sessions.
     *
     * @param path the message path
     * @param stream called for each request
     * @param requestType how requests are read; the default is as what they come
     * @param responseType how responses are written; the default is by what they are
     * @returns the stream that was set before, after its `onClose`; `undefined` if there was none
     * @throws RabbitBridgeError INVALID_PATH; SESSION_CLOSED
     */
    setRequestStream<TRequest = unknown>(
        path: string, stream: RequestStream<TRequest>, requestType?: DataTypeOrName<TRequest> | null,
        responseType?: DataTypeOrName | null): RequestStream | undefined {
        checkCallbacks('stream', stream, 'onRequest');
        this.#channel.checkOpen();
        return this.#streams.set(targetPath(path), stream as RequestStream, dataTypeOf(requestType), dataTypeOf(responseType));
    }

    /**
     * Removes the stream at a path.
     *
     * @returns the stream, after its `onClose`; `undefined` if there was none
     * @throws RabbitBridgeError INVALID_PATH
     */
    removeRequestStream(path: string): RequestStream | undefined {
        return this.#streams.remove(targetPath(path));
    }

    /** @internal */
    deliver(delivery: Delivery, link: Link): void {
        this.#receivers.deliver(delivery, link);
    }

    /** @internal */
    cancel(id: number, link: Link): void {
        this.#receivers.cancel(id, link);
    }

    /** @internal A gateway's session is over, of several or of all. */
    abandon(why: keyof typeof ErrorReason, link?: Link): void {
        this.#receivers.abandonAll(why, link);
    }

    /** @internal */
    restore(): Promise<void> {
        return this.#handlers.restore();
    }

    /** @internal */
    close(): void {
        this.#handlers.closeAll();
        this.#streams.closeAll();
    }

    #limits(options: unknown): { milliseconds: number; told: number | null; signal: AbortSignal | undefined; traceParent: string | undefined } {
        const { timeout, signal, traceParent } = (options ?? {}) as RequestOptions;
        const told = milliseconds('timeout', timeout) ?? this.#channel.requestTimeout ?? null;
        return { milliseconds: told ?? this.#channel.requestMilliseconds, told, signal, traceParent };
    }
}

// What is given last and can be nothing but options: no type, and no object that stands for a session by its text.
function splitOptions(given: readonly unknown[], place: number): [readonly unknown[], unknown] {
    if (given.length > place)
        return [given.slice(0, place), given[place]];
    const last = given.at(-1);
    return isOptions(last) ? [given.slice(0, -1), last] : [given, undefined];
}

function isOptions(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || value instanceof DataType)
        return false;
    const { toString } = value as { toString?: unknown };
    return toString === undefined || toString === Object.prototype.toString;
}

function checkCallbacks(what: string, callbacks: unknown, ...methods: readonly string[]): void {
    for (const method of methods) {
        if (typeof (callbacks as Record<string, unknown> | null | undefined)?.[method] !== 'function')
            throw invalidData(`The ${what} has no function ${method}.`);
    }
}
