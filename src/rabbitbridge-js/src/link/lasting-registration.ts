import { ErrorReason, type Reason } from '../errors/error-reason.js';
import type { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import { controlTime } from './ask.js';
import { Backoff } from './backoff.js';
import type { Channel } from './channel.js';

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2000;

/** What neither time nor another session would change. */
const FINAL: readonly Reason[] = [
    ErrorReason.ACCESS_DENIED, ErrorReason.INVALID_PATH, ErrorReason.HANDLER_CONFLICT, ErrorReason.INVALID_DATA, ErrorReason.INVALID_FILTER,
    ErrorReason.UNSUPPORTED,
];

/** What is registered with the gateway: once in each of the sessions that this client has one after another, whoever asks for it. */
export class LastingRegistration {
    readonly #channel: Channel;
    readonly #register: (milliseconds: number) => Promise<void>;
    // The session in which it is registered, and the registration there.
    #generation: number | undefined;
    #registered: Promise<void> = Promise.resolve();
    #isAdded = false;
    #isClosed = false;

    /** @param register registers in the present session, within a time; 0 for no limit */
    constructor(channel: Channel, register: (milliseconds: number) => Promise<void>) {
        this.#channel = channel;
        this.#register = register;
    }

    /** Whether it was added: what fails before that is told to whoever adds it. */
    get isAdded(): boolean {
        return this.#isAdded;
    }

    /** Completes when it is registered in the present session, whichever that is by then. */
    async add(): Promise<void> {
        for (;;) {
            const { generation } = this.#channel;
            try {
                await this.renew();
            } catch (error) {
                // If there is another session by now, it is the registration there that counts.
                if (this.#channel.generation === generation)
                    throw error;
            }

            if (this.#channel.generation === generation) {
                this.#isAdded = true;
                return;
            }
        }
    }

    /** Registers it in the present session, unless that has been done or it is closed. */
    renew(): Promise<void> {
        const { generation } = this.#channel;
        if (!this.#isClosed && this.#generation !== generation) {
            this.#generation = generation;
            // Nobody waits for what comes back: while its connection is away, it has all the time that the session has.
            this.#registered = this.#register(this.#isAdded ? 0 : controlTime(this.#channel));
        }

        return this.#registered;
    }

    /**
     * Registers it in a session that has followed another one, and tries on for as long as that session lasts while only the moment is against it.
     *
     * @param failed hears of the first failure
     * @returns whether it may stay; if not, neither time nor another session would change that it is refused
     */
    async restore(failed: (error: unknown) => void): Promise<boolean> {
        const { generation } = this.#channel;
        const backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
        for (let isFirst = true; ; isFirst = false) {
            try {
                await this.renew();
                return true;
            } catch (error) {
                const { reason } = error as RabbitBridgeError;
                // In the next session it is registered anew. A gateway that is being stopped closes its sessions, too.
                if (this.#channel.generation !== generation || this.#isClosed || !this.#isAdded || reason === ErrorReason.SESSION_CLOSED)
                    return true;
                if (isFirst)
                    failed(error);
                if (FINAL.includes(reason))
                    return false;
            }

            await backoff.pause(new AbortController().signal);
            if (this.#channel.generation !== generation)
                return true;
            this.#generation = undefined;
        }
    }

    /** It is registered in no other session from now on; gives whether it is in the present one, when that is known. */
    async close(): Promise<boolean> {
        this.#isClosed = true;
        try {
            await this.#registered;
        } catch {
            // Told where it was asked for.
            return false;
        }

        return this.#generation === this.#channel.generation;
    }
}
