import { ErrorReason, type Reason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import type { Channel } from '../link/channel.js';
import type { Content, Delivery } from '../link/incoming.js';
import type { Link } from '../link/link.js';
import { outgoing } from '../link/outgoing.js';
import type { Responder } from './contracts.js';
import { write } from './values.js';

/** The way back for one request; ends once, by an answer or because nobody waits any more. */
export class RequestResponder implements Responder {
    readonly #channel: Channel;
    readonly #link: Link;
    readonly #delivery: Delivery;
    readonly #responseType: unknown;
    readonly #ended: (error?: string) => void;
    #state: 'open' | 'answered' | 'abandoned' = 'open';
    #abort: AbortController | undefined;

    /** @param ended called once; with the name of what was wrong, unless there is a response */
    constructor(channel: Channel, link: Link, delivery: Delivery, responseType: unknown, ended: (error?: string) => void) {
        this.#channel = channel;
        this.#link = link;
        this.#delivery = delivery;
        this.#responseType = responseType;
        this.#ended = ended;
    }

    get signal(): AbortSignal {
        this.#abort ??= new AbortController();
        if (this.#state === 'abandoned')
            this.#abort.abort();
        return this.#abort.signal;
    }

    respond(value: unknown, type?: unknown): void {
        if (!this.#isAwaited())
            return;
        let content: Content;
        try {
            content = write('response', value, type ?? this.#responseType, this.#channel.maxMessageBytes);
        } catch (error) {
            // The handler sees why its response cannot be written; the sender must not wait for another one.
            this.fail(ErrorReason.INVALID_DATA, `The response cannot be sent: ${error instanceof Error ? error.message : String(error)}`);
            throw error;
        }

        this.#end(outgoing.response(this.#delivery.id, content));
    }

    reject(text: string): void {
        if (this.#isAwaited())
            this.fail(ErrorReason.REJECTED_REQUEST, String(text));
    }

    /**
     * Answers with an error, unless it is answered.
     *
     * @param error its name on this side
     */
    fail(reason: Reason, text: string, error = reason.name): void {
        if (this.#state === 'open')
            this.#end(outgoing.error(this.#delivery.id, reason.id, text), error);
    }

    /** Nobody waits any more; an answer that comes still is passed over. */
    abandon(why: string): void {
        if (this.#state !== 'open')
            return;
        this.#state = 'abandoned';
        this.#ended(why);
        this.#abort?.abort();
    }

    #isAwaited(): boolean {
        if (this.#state === 'answered')
            throw new RabbitBridgeError(ErrorReason.INCOMPATIBLE_STATE, `The request to '${this.#delivery.path}' was answered already.`);
        return this.#state === 'open';
    }

    #end(message: Uint8Array, error?: string): void {
        this.#state = 'answered';
        this.#ended(error);
        this.#link.post(message);
    }
}
