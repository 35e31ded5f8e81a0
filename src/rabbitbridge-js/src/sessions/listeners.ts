import { CONNECTION_LOST, closeReason, type CloseReason } from '../errors/close-reason.js';
import { ErrorReason } from '../errors/error-reason.js';
import type { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import { ask } from '../link/ask.js';
import type { Channel } from '../link/channel.js';
import type { PropertyMap, SessionEvent } from '../link/incoming.js';
import { LastingRegistration } from '../link/lasting-registration.js';
import { outgoing } from '../link/outgoing.js';
import type { Registration } from '../messages/contracts.js';

/** Is told of the sessions of the whole fabric. Each function may be left out. */
export interface SessionListener {
    /** A session is open: it was opened now, or before the listener was added. */
    onOpened?(sessionId: string, properties: Readonly<Record<string, string>>): unknown;
    /**
     * Properties or roles of a session have changed.
     *
     * @param properties as they are now, those that the listener asked for
     * @param previous the values before of what has changed; null for what is new
     */
    onPropertiesChanged?(sessionId: string, properties: Readonly<Record<string, string>>, previous: Readonly<Record<string, string | null>>): unknown;
    /** A session is closed; `properties` are as they were last. */
    onClosed?(sessionId: string, properties: Readonly<Record<string, string>>, reason: CloseReason): unknown;
}

const OPENED = 1;
const CHANGED = 2;

/**
 * A listener, and the sessions it knows of: with a new session of ours the gateway tells everything from the start, of which the application
 * gets what is new to it.
 */
class Listener {
    readonly #known = new Map<string, PropertyMap>();
    // The sessions that have not been told since a new session of ours took over.
    #stale = new Set<string>();
    /** Its number in the present session. */
    id = 0;

    constructor(readonly listener: SessionListener, readonly filter: string, readonly keys: readonly string[]) {
    }

    /** Gives what the application's function gives. */
    on(event: SessionEvent): unknown {
        const { session, properties } = event;
        const known = this.#known.get(session);
        this.#stale.delete(session);
        if (event.kind === OPENED && known === undefined) {
            this.#known.set(session, properties);
            return this.listener.onOpened?.(session, properties);
        } else if (event.kind === OPENED) {
            this.#known.set(session, properties);
            const previous = changes(known!, properties);
            if (Object.keys(previous).length > 0)
                return this.listener.onPropertiesChanged?.(session, properties, previous);
        } else if (event.kind === CHANGED) {
            this.#known.set(session, properties);
            return this.listener.onPropertiesChanged?.(session, properties, event.previous);
        } else {
            this.#known.delete(session);
            return this.listener.onClosed?.(session, properties, closeReason(event.reason));
        }

        return undefined;
    }

    /** Everything is about to be told again. */
    begin(): void {
        this.#stale = new Set(this.#known.keys());
    }

    /** Everything has been told: what was not is gone. */
    end(call: Channel['call']): void {
        for (const session of this.#stale) {
            const properties = this.#known.get(session) ?? {};
            this.#known.delete(session);
            call(() => this.listener.onClosed?.(session, properties, closeReason(CONNECTION_LOST)));
        }

        this.#stale.clear();
    }
}

/** The session's listeners to sessions. */
export class Listeners {
    readonly #channel: Channel;
    readonly #added = new Map<Listener, LastingRegistration>();
    readonly #byId = new Map<number, Listener>();

    constructor(channel: Channel) {
        this.#channel = channel;
    }

    async add(listener: SessionListener, filter: string, keys: readonly string[]): Promise<Registration> {
        const entry = new Listener(listener, filter, keys);
        const registration = new LastingRegistration(this.#channel, milliseconds => this.#register(entry, milliseconds));
        this.#added.set(entry, registration);
        try {
            await registration.add();
        } catch (error) {
            this.#added.delete(entry);
            // The gateway may have it, or get it later.
            if ((error as RabbitBridgeError).reason === ErrorReason.REQUEST_TIME_OUT)
                this.#channel.link.post(outgoing.removeListener(entry.id));
            throw error;
        }

        return { close: () => this.#close(entry, registration) };
    }

    on(event: SessionEvent): void {
        this.#channel.call(() => this.#byId.get(event.id)?.on(event));
    }

    /** Registers the listeners in a new session. */
    async restore(): Promise<void> {
        await Promise.all([...this.#added].map(async ([entry, registration]) => {
            if (!await registration.restore(error => this.#channel.report(error)))
                this.#added.delete(entry);
        }));
    }

    /** The session is closed. */
    closeAll(): void {
        this.#added.clear();
        this.#byId.clear();
    }

    async #register(entry: Listener, milliseconds: number): Promise<void> {
        this.#byId.delete(entry.id);
        entry.begin();
        let number = 0;
        try {
            await ask(this.#channel, id => {
                number = entry.id = id;
                // Entered first: events come before the answer.
                this.#byId.set(id, entry);
                return outgoing.addListener(id, entry.filter, entry.keys);
            }, { milliseconds, what: 'Adding the session listener' });
        } catch (error) {
            this.#byId.delete(number);
            throw error;
        }

        // Unless it was closed meanwhile, or is told everything once more in another session.
        if (this.#byId.has(number))
            entry.end(callback => this.#channel.call(callback));
    }

    async #close(entry: Listener, registration: LastingRegistration): Promise<void> {
        if (!this.#added.delete(entry))
            return;
        this.#byId.delete(entry.id);
        // Not before the gateway has it: it would find nothing to remove.
        if (await registration.close())
            this.#channel.link.post(outgoing.removeListener(entry.id));
    }
}

function changes(before: PropertyMap, now: PropertyMap): Record<string, string | null> {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return Object.fromEntries([...keys].filter(key => before[key] !== now[key]).map(key => [key, before[key] ?? null]));
}
