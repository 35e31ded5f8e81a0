import { ErrorReason, type Reason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import type { Channel } from '../link/channel.js';
import type { Delivery } from '../link/incoming.js';
import { outgoing } from '../link/outgoing.js';
import type { Responder } from './contracts.js';
import { write } from './values.js';

/** The way back for one request; ends once, by an answer or because nobody waits any more. */
export class RequestResponder implements Responder {
    readonly #channel: Channel;
    readonly #delivery: Delivery;
    readonly #responseType: unknown;
    readonly #ended: () => void;
    #state: 'open' | 'answered' | 'abandoned' = 'open';
    #abort: AbortController | undefined;

    constructor(channel: Channel, delivery: Delivery, responseType: unknown, ended: () => void) {
        this.#channel = channel;
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
        const content = write('response', value, type ?? this.#responseType, Infinity);
        const { maxMessageBytes } = this.#channel;
        if (content.payload.length <= maxMessageBytes) {
            this.#end(outgoing.response(this.#delivery.id, content));
            return;
        }

        const text = `The response of ${content.payload.length} bytes is larger than the ${maxMessageBytes} bytes that may be sent (MaxMessageBytes).`;
        this.fail(ErrorReason.INVALID_DATA, text);
        throw new RabbitBridgeError(ErrorReason.INVALID_DATA, text);
    }

    reject(text: string): void {
        if (this.#isAwaited())
            this.fail(ErrorReason.REJECTED_REQUEST, String(text));
    }

    /** Answers with an error, unless it is answered. */
    fail(reason: Reason, text: string): void {
        if (this.#state === 'open')
            this.#end(outgoing.error(this.#delivery.id, reason.id, text));
    }

    /** Nobody waits any more; an answer that comes still is passed over. */
    abandon(): void {
        if (this.#state !== 'open')
            return;
        this.#state = 'abandoned';
        this.#ended();
        this.#abort?.abort();
    }

    #isAwaited(): boolean {
        if (this.#state === 'answered')
            throw new RabbitBridgeError(ErrorReason.INCOMPATIBLE_STATE, `The request to '${this.#delivery.path}' was answered already.`);
        return this.#state === 'open';
    }

    #end(message: Uint8Array): void {
        this.#state = 'answered';
        this.#ended();
        this.#channel.post(message);
    }
}
