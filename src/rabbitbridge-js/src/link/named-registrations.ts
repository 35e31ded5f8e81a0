import { ErrorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import type { Registration } from '../messages/contracts.js';
import { ask, controlTime } from './ask.js';
import { tellClosed, tellError, type Callbacks } from './callbacks.js';
import type { Channel } from './channel.js';
import { LastingRegistration } from './lasting-registration.js';

/** How a registration is told to the gateway. */
export interface Wire {
    /** What it is, for errors: `handler on 'a/b'`. */
    readonly what: string;
    add(id: number): Uint8Array;
    remove(id: number): Uint8Array;
}

/** A handler of the application's, registered with the gateway under a name. */
export class NamedRegistration<TCallbacks extends Callbacks> {
    readonly registration: LastingRegistration;
    /** Completes when it is closed. */
    closing: Promise<void> | undefined;

    constructor(channel: Channel, readonly name: string, readonly callbacks: TCallbacks, readonly wire: Wire) {
        this.registration = new LastingRegistration(channel, async milliseconds => {
            await ask(channel, id => wire.add(id), { milliseconds, what: `Adding the ${wire.what}` });
        });
    }
}

/** What the session has registered of one kind, one for each name. */
export class NamedRegistrations<T extends NamedRegistration<Callbacks>> {
    readonly #channel: Channel;
    readonly #byName = new Map<string, T>();

    constructor(channel: Channel) {
        this.#channel = channel;
    }

    find(name: string): T | undefined {
        return this.#byName.get(name);
    }

    async add(added: T): Promise<Registration> {
        const { name } = added;
        for (let before = this.#byName.get(name); before !== undefined; before = this.#byName.get(name)) {
            if (before.closing === undefined)
                throw new RabbitBridgeError(ErrorReason.HANDLER_CONFLICT, `The session already has a ${added.wire.what}; close it first.`);
            await before.closing;
        }

        // Entered first: what it is for may come together with the answer.
        this.#byName.set(name, added);
        try {
            await added.registration.add();
        } catch (error) {
            this.#forget(added);
            // The gateway may have it, or get it later. Whoever adds it hears of the first error only.
            if ((error as RabbitBridgeError).reason === ErrorReason.REQUEST_TIME_OUT)
                void this.#unregister(added).catch(() => undefined);
            throw error;
        }

        return { close: () => added.closing ??= this.#close(added) };
    }

    /** Registers everything in a new session. */
    async restore(): Promise<void> {
        await Promise.all([...this.#byName.values()].map(async each => {
            if (!await each.registration.restore(error => tellError(this.#channel, each.callbacks, error)) && this.#forget(each))
                tellClosed(this.#channel, each.callbacks);
        }));
    }

    /** The session is closed. */
    closeAll(): void {
        const open = [...this.#byName.values()].filter(each => each.registration.isAdded);
        this.#byName.clear();
        for (const each of open)
            tellClosed(this.#channel, each.callbacks);
    }

    #unregister(removed: T): Promise<unknown> {
        return ask(this.#channel, id => removed.wire.remove(id), { milliseconds: controlTime(this.#channel), what: `Removing the ${removed.wire.what}` });
    }

    async #close(closed: T): Promise<void> {
        if (this.#byName.get(closed.name) !== closed)
            return;
        try {
            // Until it is answered, more may come that was sent to it before.
            if (await closed.registration.close())
                await this.#unregister(closed);
        } catch (error) {
            // With the session went what it had registered.
            const { reason } = error as RabbitBridgeError;
            if (reason !== ErrorReason.COMMUNICATION_FAILURE && reason !== ErrorReason.SESSION_CLOSED)
                throw error;
        } finally {
            if (this.#forget(closed))
                tellClosed(this.#channel, closed.callbacks);
        }
    }

    #forget(each: T): boolean {
        return this.#byName.get(each.name) === each && this.#byName.delete(each.name);
    }
}
