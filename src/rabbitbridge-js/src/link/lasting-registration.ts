import { controlTime } from './ask.js';
import type { Channel } from './channel.js';

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
