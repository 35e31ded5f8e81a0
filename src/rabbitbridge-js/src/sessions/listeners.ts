import { CONNECTION_LOST, closeReason, type CloseReason } from '../errors/close-reason.js';
import { ask, controlTime } from '../link/ask.js';
import type { Channel } from '../link/channel.js';
import type { PropertyMap, SessionEvent } from '../link/incoming.js';
import { outgoing } from '../link/outgoing.js';
import type { Registration } from '../messages/contracts.js';

/** Is told of the sessions of the whole fabric. Each function may be left out. */
export interface SessionListener {
    /** A session is open: it was opened now, or before the listener was added. */
    onOpened?(sessionId: string, properties: Readonly<Record<string, string>>): void;
    /**
     * Properties or roles of a session have changed.
     *
     * @param properties as they are now, those that the listener asked for
     * @param previous the values before of what has changed; null for what is new
     */
    onPropertiesChanged?(sessionId: string, properties: Readonly<Record<string, string>>, previous: Readonly<Record<string, string | null>>): void;
    /** A session is closed; `properties` are as they were last. */
    onClosed?(sessionId: string, properties: Readonly<Record<string, string>>, reason: CloseReason): void;
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

    constructor(readonly listener: SessionListener, readonly filter: string, readonly keys: readonly string[]) {
    }

    on(event: SessionEvent): void {
        const { session, properties } = event;
        const known = this.#known.get(session);
        this.#stale.delete(session);
        if (event.kind === OPENED && known === undefined) {
            this.#known.set(session, properties);
            this.listener.onOpened?.(session, properties);
        } else if (event.kind === OPENED) {
            this.#known.set(session, properties);
            const previous = changes(known!, properties);
            if (Object.keys(previous).length > 0)
                this.listener.onPropertiesChanged?.(session, properties, previous);
        } else if (event.kind === CHANGED) {
            this.#known.set(session, properties);
            this.listener.onPropertiesChanged?.(session, properties, event.previous);
        } else {
            this.#known.delete(session);
            this.listener.onClosed?.(session, properties, closeReason(event.reason));
        }
    }

    /** Everything is about to be told again. */
    begin(): void {
        this.#stale = new Set(this.#known.keys());
    }

    /** Everything has been told: what was not is gone. */
    end(report: (error: unknown) => void): void {
        for (const session of this.#stale) {
            const properties = this.#known.get(session) ?? {};
            this.#known.delete(session);
            try {
                this.listener.onClosed?.(session, properties, closeReason(CONNECTION_LOST));
            } catch (error) {
                report(error);
            }
        }

        this.#stale.clear();
    }
}

/** The session's listeners to sessions. */
export class Listeners {
    readonly #channel: Channel;
    readonly #added = new Set<Listener>();
    readonly #byId = new Map<number, Listener>();

    constructor(channel: Channel) {
        this.#channel = channel;
    }

    async add(listener: SessionListener, filter: string, keys: readonly string[]): Promise<Registration> {
        const entry = new Listener(listener, filter, keys);
        await this.#register(entry);
        this.#added.add(entry);
        return {
            close: () => {
                this.#remove(entry);
                return Promise.resolve();
            },
        };
    }

    on(event: SessionEvent): void {
        try {
            this.#byId.get(event.id)?.on(event);
        } catch (error) {
            this.#channel.report(error);
        }
    }

    /** Adds the listeners in a new session. */
    async restore(): Promise<void> {
        const { generation } = this.#channel;
        this.#byId.clear();
        await Promise.all([...this.#added].map(async entry => {
            entry.begin();
            try {
                await this.#register(entry);
                entry.end(error => this.#channel.report(error));
            } catch (error) {
                // If yet another session has taken over meanwhile, that one adds it.
                if (this.#channel.generation === generation && this.#added.delete(entry))
                    this.#channel.report(error);
            }
        }));
    }

    /** The session is closed. */
    closeAll(): void {
        this.#added.clear();
        this.#byId.clear();
    }

    async #register(entry: Listener): Promise<void> {
        let number = 0;
        try {
            await ask(this.#channel, id => {
                number = id;
                // Entered first: events come before the answer.
                this.#byId.set(id, entry);
                return outgoing.addListener(id, entry.filter, entry.keys);
            }, { milliseconds: controlTime(this.#channel), what: 'Adding the session listener' });
        } catch (error) {
            this.#byId.delete(number);
            throw error;
        }
    }

    #remove(entry: Listener): void {
        this.#added.delete(entry);
        for (const [id, other] of this.#byId) {
            if (other !== entry)
                continue;
            this.#byId.delete(id);
            this.#channel.post(outgoing.removeListener(id));
        }
    }
}

function changes(before: PropertyMap, now: PropertyMap): Record<string, string | null> {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return Object.fromEntries([...keys].filter(key => before[key] !== now[key]).map(key => [key, before[key] ?? null]));
}
