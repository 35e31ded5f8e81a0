import type { DataType } from '../data/data-type.js';
import type { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import { giveUp, Limit, type Wait } from '../link/ask.js';
import type { Waiting } from '../link/calls.js';
import type { Channel } from '../link/channel.js';
import type { Content } from '../link/incoming.js';
import type { Link } from '../link/link.js';
import { outgoing } from '../link/outgoing.js';
import type { FilterCallback } from './contracts.js';
import { read } from './values.js';

/** So many answers taken, or bytes of them, are told to the gateway at a time; it sends 256 and 4 MiB ahead at most. */
const CREDIT = 64;
const CREDIT_BYTES = 1024 * 1024;

/**
 * A request that was sent by a filter. Over when the number of sessions is known and as many answers have come, in whichever order.
 */
export class FilterRequest implements Waiting {
    readonly #channel: Channel;
    readonly #link: Link;
    readonly #callback: FilterCallback;
    readonly #responseType: DataType | undefined;
    readonly #resolve: (count: number) => void;
    readonly #reject: (error: unknown) => void;
    readonly #ended: () => void;
    readonly #limit: Limit;
    readonly #id: number;
    #count: number | undefined;
    #answers = 0;
    #untold = 0;
    #untoldBytes = 0;
    #isAsked = false;

    private constructor(
        channel: Channel, callback: FilterCallback, responseType: DataType | undefined, wait: Wait,
        resolve: (count: number) => void, reject: (error: unknown) => void, ended: () => void) {
        this.#channel = channel;
        this.#link = channel.link;
        this.#callback = callback;
        this.#responseType = responseType;
        this.#resolve = resolve;
        this.#reject = reject;
        this.#ended = ended;
        this.#id = channel.calls.add(this, this.#link);
        this.#limit = new Limit(wait, error => {
            giveUp(channel, this.#id, this.#link);
            this.#fail(error, error !== wait.signal?.reason);
        });
    }

    /**
     * Sends it; gives the number of sessions.
     *
     * @param ended told when the last answer has come, or why it never will; the first time counts
     */
    static send(
        channel: Channel, encode: (id: number) => Uint8Array, callback: FilterCallback, responseType: DataType | undefined, wait: Wait,
        ended: (error?: unknown) => void): Promise<number> {
        return new Promise((resolve, reject) => {
            const failed = (error: unknown): void => {
                reject(error);
                ended(error);
            };
            try {
                wait.signal?.throwIfAborted();
                channel.checkOpen();
                const request = new FilterRequest(channel, callback, responseType, wait, resolve, failed, ended);
                try {
                    request.#link.post(encode(request.#id), request.#id);
                } catch (error) {
                    request.#limit.end();
                    channel.calls.remove(request.#id);
                    throw error;
                }
            } catch (error) {
                failed(error);
            }
        });
    }

    answeredBy(session: string, content: Content | undefined): void {
        let response: unknown;
        try {
            response = content === undefined ? undefined : read('response', content, this.#responseType);
        } catch (error) {
            this.#failedBy(session, error as RabbitBridgeError, content?.payload.length ?? 0);
            return;
        }

        this.#channel.call(() => this.#callback.onResponse(session, response));
        this.#taken(content?.payload.length ?? 0);
    }

    failedBy(session: string, error: RabbitBridgeError): void {
        this.#failedBy(session, error, 0);
    }

    asked(): void {
        // All that has come has been taken.
        this.#isAsked = true;
        if (this.#untold > 0)
            this.#tell();
    }

    counted(sessions: number): void {
        this.#count = sessions;
        this.#resolve(sessions);
        this.#endIfComplete();
    }

    failed(error: RabbitBridgeError): void {
        this.#limit.end();
        this.#fail(error, true);
    }

    // Not expected: what a filter request ends with is a count or an error.
    answered(): void {
        this.#limit.end();
        this.#resolve(this.#count ?? this.#answers);
        this.#ended();
    }

    #failedBy(session: string, error: RabbitBridgeError, bytes: number): void {
        this.#channel.call(() => this.#callback.onResponseError(session, error));
        this.#taken(bytes);
    }

    #taken(bytes: number): void {
        this.#answers++;
        this.#untoldBytes += bytes;
        if (++this.#untold >= CREDIT || this.#untoldBytes >= CREDIT_BYTES || this.#isAsked)
            this.#tell();
        this.#endIfComplete();
    }

    #tell(): void {
        this.#link.post(outgoing.credit(this.#id, this.#untold));
        this.#untold = 0;
        this.#untoldBytes = 0;
        this.#isAsked = false;
    }

    #endIfComplete(): void {
        if (this.#count === undefined || this.#answers < this.#count)
            return;
        this.#limit.end();
        this.#channel.calls.remove(this.#id);
        this.#ended();
    }

    #fail(error: unknown, tell: boolean): void {
        this.#reject(error);
        if (this.#count !== undefined && tell)
            this.#channel.call(() => this.#callback.onError?.(error as Error));
    }
}
