import { ErrorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import type { Channel } from './channel.js';
import type { Content } from './incoming.js';
import type { Link } from './link.js';
import { outgoing } from './outgoing.js';
import { onAbort } from './signals.js';

/**
 * How long the gateway may be behind its own time before the client does not wait any more. The gateway knows more, such as which sessions
 * have not answered; but nobody waits 100 ms longer than they wanted, whatever has become of it.
 */
const LATE = 80;
/** What is no request has this time if the gateway's requests have none. */
const DEFAULT_TIME = 10_000;
const LONGEST_TIMER = 0x7fffffff;

/** How to wait. */
export interface Wait {
    /** The time of what is asked; 0 for no limit. */
    readonly milliseconds: number;
    /** Ends the wait. */
    readonly signal?: AbortSignal | undefined;
    /** Whether it need not go out any more when nobody waits: what changes the session at the gateway has to, late or not. */
    readonly isRequest?: boolean;
    /** What is asked, for errors. */
    readonly what: string;
}

/**
 * Sends a message and waits for its answer.
 *
 * @param encode gives the message of a number
 * @throws RabbitBridgeError why there is none
 */
export function ask(channel: Channel, encode: (id: number) => Uint8Array, wait: Wait): Promise<Content | undefined> {
    return new Promise((resolve, reject) => {
        wait.signal?.throwIfAborted();
        channel.checkOpen();
        const { link } = channel;
        const id = channel.calls.add({
            answered: content => {
                limit.end();
                resolve(content);
            },
            failed: error => {
                limit.end();
                reject(error);
            },
        }, link);
        const limit = new Limit(wait, error => {
            giveUp(channel, id, link);
            reject(error);
        });
        try {
            link.post(encode(id), wait.isRequest === true ? id : undefined);
        } catch (error) {
            limit.end();
            channel.calls.remove(id);
            reject(error);
        }
    });
}

/** Nobody waits for the answer any more: what was asked does not go out if it has not yet, and the gateway ends it if it has. */
export function giveUp(channel: Channel, id: number, link: Link): void {
    if (channel.calls.remove(id) && !link.withdraw(id))
        link.post(outgoing.cancel(id));
}

/** The time of what the gateway itself answers. */
export function controlTime(channel: Channel): number {
    return Math.max(channel.requestMilliseconds, DEFAULT_TIME);
}

/** What ends a wait from this side: its signal, and a clock for when the gateway, which has one too, cannot be heard. */
export class Limit {
    readonly #timer: ReturnType<typeof setTimeout> | undefined;
    readonly #forget: (() => void) | undefined;

    /** @param over called once at most, not after `end` */
    constructor(wait: Wait, over: (error: unknown) => void) {
        const { signal } = wait;
        this.#forget = signal && onAbort(signal, () => {
            this.end();
            over(signal.reason);
        });
        if (wait.milliseconds > 0) {
            this.#timer = setTimeout(() => {
                this.end();
                over(new RabbitBridgeError(ErrorReason.REQUEST_TIME_OUT, `${wait.what} has no answer after ${wait.milliseconds} ms.`));
            }, Math.min(wait.milliseconds + LATE, LONGEST_TIMER));
        }
    }

    end(): void {
        clearTimeout(this.#timer);
        this.#forget?.();
    }
}
