import type { DataType } from '../data/data-type.js';
import { ErrorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import { ask, controlTime } from '../link/ask.js';
import type { Channel } from '../link/channel.js';
import type { Delivery } from '../link/incoming.js';
import { outgoing } from '../link/outgoing.js';
import type { Registration, RequestHandler, Responder } from './contracts.js';
import type { Receiver } from './receivers.js';

/** What became of handlers that the application has to know. */
export interface HandlerEvents {
    closed(handler: RequestHandler): void;
    failed(handler: RequestHandler, error: unknown): void;
}

class Handler implements Receiver {
    readonly responseType = undefined;
    state: 'adding' | 'open' | 'closing' = 'adding';
    /** Completes when it is closed. */
    closing: Promise<void> | undefined;

    constructor(
        readonly path: string, readonly callbacks: RequestHandler, readonly keys: readonly string[], readonly requestType: DataType | undefined) {
    }

    invoke(request: unknown, delivery: Delivery, responder: Responder): unknown {
        const { sender, path, properties, traceParent } = delivery;
        return this.callbacks.onRequest(request, { sessionId: sender ?? '', path, properties, traceParent }, responder);
    }
}

/** The session's handlers, one for each branch. */
export class Handlers {
    readonly #channel: Channel;
    readonly #events: HandlerEvents;
    readonly #byPath = new Map<string, Handler>();

    constructor(channel: Channel, events: HandlerEvents) {
        this.#channel = channel;
        this.#events = events;
    }

    find(branch: string): Receiver | undefined {
        return this.#byPath.get(branch);
    }

    async add(path: string, callbacks: RequestHandler, keys: readonly string[], requestType: DataType | undefined): Promise<Registration> {
        for (let before = this.#byPath.get(path); before !== undefined; before = this.#byPath.get(path)) {
            if (before.closing === undefined)
                throw new RabbitBridgeError(ErrorReason.HANDLER_CONFLICT, `The session already has a handler on '${path}'; close it first.`);
            await before.closing;
        }

        const handler = new Handler(path, callbacks, keys, requestType);
        // Entered first: requests may come together with the answer.
        this.#byPath.set(path, handler);
        try {
            await this.#register(handler);
        } catch (error) {
            this.#forget(handler);
            throw error;
        }

        handler.state = 'open';
        return { close: () => handler.closing ??= this.#close(handler) };
    }

    /** Registers the handlers with a new session. */
    async restore(): Promise<void> {
        const { generation } = this.#channel;
        await Promise.all([...this.#byPath.values()].map(async handler => {
            // What is being added has failed with the session before, and what is being closed need not come back.
            if (handler.state !== 'open')
                return;
            try {
                await this.#register(handler);
            } catch (error) {
                if (this.#channel.generation !== generation || !this.#forget(handler))
                    return;
                this.#events.failed(handler.callbacks, error);
                this.#events.closed(handler.callbacks);
            }
        }));
    }

    /** The session is closed. */
    closeAll(): void {
        const open = [...this.#byPath.values()].filter(handler => handler.state !== 'adding');
        this.#byPath.clear();
        for (const handler of open)
            this.#events.closed(handler.callbacks);
    }

    async #register(handler: Handler): Promise<void> {
        const { generation } = this.#channel;
        try {
            await ask(this.#channel, id => outgoing.addHandler(id, handler.path, handler.keys, false), {
                milliseconds: controlTime(this.#channel), what: `Adding the handler on '${handler.path}'` });
        } catch (error) {
            // The gateway may have it, or get it later.
            if ((error as RabbitBridgeError).reason === ErrorReason.REQUEST_TIME_OUT && this.#channel.generation === generation)
                void this.#unregister(handler).catch(() => undefined);
            throw error;
        }
    }

    #unregister(handler: Handler): Promise<unknown> {
        return ask(this.#channel, id => outgoing.removeHandler(id, handler.path), {
            milliseconds: controlTime(this.#channel), what: `Removing the handler on '${handler.path}'` });
    }

    async #close(handler: Handler): Promise<void> {
        if (this.#byPath.get(handler.path) !== handler)
            return;
        handler.state = 'closing';
        try {
            // Until it is answered, requests may come that were sent to the handler before.
            await this.#unregister(handler);
        } catch (error) {
            // With the session went its handlers.
            const { reason } = error as RabbitBridgeError;
            if (reason !== ErrorReason.COMMUNICATION_FAILURE && reason !== ErrorReason.SESSION_CLOSED)
                throw error;
        } finally {
            if (this.#forget(handler))
                this.#events.closed(handler.callbacks);
        }
    }

    #forget(handler: Handler): boolean {
        return this.#byPath.get(handler.path) === handler && this.#byPath.delete(handler.path);
    }
}
