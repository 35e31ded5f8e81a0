import { readPlainJson } from '../data/datatypes.js';
import { invalidData, kindOf } from '../data/data-type.js';
import { checkWellFormed } from '../data/text.js';
import { ask, controlTime } from '../link/ask.js';
import type { Channel } from '../link/channel.js';
import type { Content, SessionEvent } from '../link/incoming.js';
import { outgoing } from '../link/outgoing.js';
import type { Registration } from '../messages/contracts.js';
import type { SessionIdLike } from '../messages/messages.js';
import { Listeners, type SessionListener } from './listeners.js';
import { PropertyKeys, propertyKeys, type Keys } from './property-keys.js';
import { isSessionId } from './session-id.js';

/** What a session listener wants to be told. */
export interface SessionListenerOptions {
    /** The sessions of interest. The default is `all`. */
    readonly filter?: string;
    /** The keys of the properties that events bring along. The default is all. */
    readonly properties?: Keys;
}

/** The fixed properties that may be set. */
const SETTABLE: readonly string[] = ['$Country', '$Language', '$Latitude', '$Longitude'];

/** The Sessions feature: sessions' properties, roles, coming and going, wherever in the fabric they are. */
export class Sessions {
    readonly #channel: Channel;
    readonly #listeners: Listeners;

    /** @internal */
    constructor(channel: Channel) {
        this.#channel = channel;
        this.#listeners = new Listeners(channel);
    }

    /**
     * Changes properties of a session, or of all that a filter selects.
     *
     * @param target a session's id, or else a filter
     * @param properties the new values by key; null removes a property
     * @returns for a session the values before of what was changed, null for what is new; for a filter the number of sessions
     * @throws RabbitBridgeError ACCESS_DENIED without VIEW_SESSION and MODIFY_SESSION; NO_SUCH_SESSION; INVALID_FILTER; INVALID_DATA for a
     * key that is not allowed, a key of more than 255 or a value of more than 4,096 bytes in UTF-8, or more than 128 properties; SESSION_CLOSED;
     * COMMUNICATION_FAILURE; REQUEST_TIME_OUT
     */
    async setProperties(
        target: SessionIdLike, properties: Readonly<Record<string, string | null>>): Promise<Record<string, string | null> | number> {
        if (typeof properties !== 'object' || properties === null)
            throw invalidData(`Properties are an object, not ${kindOf(properties)}.`);
        for (const [key, value] of Object.entries(properties)) {
            if (key.startsWith('$') && !SETTABLE.includes(key))
                throw invalidData(`The session property '${key}' cannot be set: of the keys starting with '$', ${SETTABLE.join(', ')} may be set; the others belong to the gateway.`);
            if (value !== null && typeof value !== 'string')
                throw invalidData(`The property ${key} is text, or null to remove it, not ${kindOf(value)}.`);
            if (value !== null)
                checkWellFormed(value, `The value of the property ${key}`);
        }

        const { session, filter } = split(target);
        const answer = await this.#ask(id => outgoing.setProperties(id, session, filter, properties), 'Setting properties');
        return answer === undefined ? {} : readPlainJson(answer.payload) as Record<string, string | null> | number;
    }

    /**
     * Changes the roles of a session, or of all that a filter selects.
     *
     * @param target a session's id, or else a filter
     * @param remove the roles to take away
     * @param add the roles to give
     * @returns the number of sessions
     * @throws RabbitBridgeError ACCESS_DENIED without MODIFY_SESSION; INVALID_DATA for a name that is empty or has more than 255 bytes in UTF-8, or
     * more than 128 roles; else as `setProperties`
     */
    async changeRoles(target: SessionIdLike, remove: readonly string[], add: readonly string[]): Promise<number> {
        const { session, filter } = split(target);
        const answer = await this.#ask(id => outgoing.changeRoles(id, session, filter, propertyKeys(remove), propertyKeys(add)), 'Changing roles');
        return answer === undefined || filter === null ? 1 : readPlainJson(answer.payload) as number;
    }

    /**
     * Closes a session, or all that a filter selects. Their clients are told, and do not connect anew.
     *
     * @param target a session's id, or else a filter; whose own session is selected hears SESSION_CLOSED
     * @returns the number of sessions that were closed
     * @throws RabbitBridgeError ACCESS_DENIED without MODIFY_SESSION; NO_SUCH_SESSION; INVALID_FILTER; SESSION_CLOSED; COMMUNICATION_FAILURE;
     * REQUEST_TIME_OUT
     */
    async close(target: SessionIdLike): Promise<number> {
        const { session, filter } = split(target);
        const answer = await this.#ask(id => outgoing.closeSessions(id, session, filter), 'Closing sessions');
        return answer === undefined || filter === null ? 1 : readPlainJson(answer.payload) as number;
    }

    /**
     * Adds a listener to the sessions of the whole fabric. It is told of every open session first; the promise is fulfilled after that. When a
     * new session takes over after a loss, it is added there too, and told what has changed meanwhile.
     *
     * @returns what removes it
     * @throws RabbitBridgeError ACCESS_DENIED without VIEW_SESSION and REGISTER_HANDLER; INVALID_FILTER; SESSION_CLOSED;
     * COMMUNICATION_FAILURE; REQUEST_TIME_OUT
     */
    async addListener(listener: SessionListener, options: SessionListenerOptions = {}): Promise<Registration> {
        if (typeof listener !== 'object' || listener === null)
            throw invalidData(`A session listener is an object, not ${kindOf(listener)}.`);
        return this.#listeners.add(listener, options.filter ?? 'all', propertyKeys(options.properties ?? PropertyKeys.ALL_PROPERTIES));
    }

    /** @internal */
    on(event: SessionEvent): void {
        this.#listeners.on(event);
    }

    /** @internal */
    restore(): Promise<void> {
        return this.#listeners.restore();
    }

    /** @internal */
    end(): void {
        this.#listeners.closeAll();
    }

    #ask(encode: (id: number) => Uint8Array, what: string): Promise<Content | undefined> {
        return ask(this.#channel, encode, { milliseconds: controlTime(this.#channel), what });
    }
}

function split(target: SessionIdLike): { session: string | null; filter: string | null } {
    if (target === undefined || target === null)
        throw invalidData('Neither a session nor a filter is given.');
    const text = String(target);
    return isSessionId(text) ? { session: text, filter: null } : { session: null, filter: text };
}
