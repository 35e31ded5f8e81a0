import { CLOSED_BY_CLIENT, FAILED_OVER, closeReason, type CloseReason } from './errors/close-reason.js';
import { ErrorReason } from './errors/error-reason.js';
import { RabbitBridgeError } from './errors/rabbit-bridge-error.js';
import { Events } from './events.js';
import { observe } from './link/callbacks.js';
import { Calls } from './link/calls.js';
import type { Channel } from './link/channel.js';
import type { Dial } from './link/connection.js';
import type { Incoming } from './link/incoming.js';
import { Lifeline } from './link/lifeline.js';
import { MessageType } from './link/message-type.js';
import type { OpenReply } from './link/open.js';
import { outgoing } from './link/outgoing.js';
import type { SessionWire } from './link/session-wire.js';
import { Messages } from './messages/messages.js';
import type { Settings } from './options.js';
import { Projects } from './projects/projects.js';
import { Sessions } from './sessions/sessions.js';
import { guarded } from './telemetry/guarded.js';

/** What a session tells; the listeners' arguments by event. */
export interface SessionEvents {
    /** The connection was lost; another one is being looked for. */
    disconnect: readonly [error: Error | undefined];
    /** The session goes on over another connection; nothing was lost. */
    reconnect: readonly [];
    /**
     * A new session has taken over, perhaps at another gateway, and handlers and listeners are registered again. If the former one was lost, what was
     * under way there has failed with COMMUNICATION_FAILURE; if its gateway is being stopped, it comes to its end there.
     */
    failover: readonly [sessionId: string, previousSessionId: string];
    /** The session is closed. */
    close: readonly [reason: CloseReason, text: string];
    /** Something failed that no promise tells of, for instance a callback of the application's. Without a listener, `console.error` gets it. */
    error: readonly [error: unknown];
}

/** How long closing waits for the gateway to say that the session is over. */
const FAREWELL = 2_000;
/** So much may be posted while there is no connection. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;

/** A session with a gateway. Get it from `connect`. */
export class Session {
    /** Requests, and the handlers and streams that answer them. */
    readonly messages: Messages;
    /** The sessions of the whole fabric. */
    readonly sessions: Sessions;
    /** Messages and requests to handlers of projects. */
    readonly projects: Projects;

    readonly #events = new Events<SessionEvents>();
    readonly #calls = new Calls();
    readonly #settings: Settings;
    readonly #lifeline: Lifeline;
    #reply!: OpenReply;
    #properties: Readonly<Record<string, string>> = {};
    #generation = 0;
    // The session that has been lost, until its successor is told of.
    #lost: string | undefined;
    #closed = false;

    /** @internal */
    constructor(settings: Settings, dial: Dial) {
        this.#settings = settings;
        this.#lifeline = new Lifeline(settings, dial, {
            received: (message, wire) => this.#receive(message, wire),
            disconnected: error => this.#emit('disconnect', error),
            resumed: () => this.#emit('reconnect'),
            opened: reply => this.#opened(reply),
            ended: wire => this.#ended(wire),
            over: (reason, text) => this.#over(reason, text),
        });
        const channel = this.#channel();
        this.messages = new Messages(channel);
        this.sessions = new Sessions(channel);
        this.projects = new Projects(channel);
    }

    /** @internal */
    async open(): Promise<this> {
        await this.#lifeline.open();
        return this;
    }

    /** The session's id; another one after the event `failover`. */
    get sessionId(): string {
        return this.#reply.session;
    }

    /** Who the session belongs to; empty if it is anonymous. */
    get principal(): string {
        return this.#reply.principal;
    }

    /** The session's properties, as the gateway told them last. */
    get properties(): Readonly<Record<string, string>> {
        return this.#properties;
    }

    /** Whether the session is over. A session whose connection is lost is not, until it cannot be had back. */
    isClosed(): boolean {
        return this.#closed;
    }

    /** Adds a listener to an event. What it throws, or its promise is rejected with, goes to the listeners of `error`, and concerns no other listener. */
    on<K extends keyof SessionEvents>(event: K, listener: (...args: SessionEvents[K]) => unknown): this {
        this.#events.add(event, listener);
        return this;
    }

    /** Removes a listener. */
    off<K extends keyof SessionEvents>(event: K, listener: (...args: SessionEvents[K]) => unknown): this {
        this.#events.remove(event, listener);
        return this;
    }

    /**
     * Closes the session: what is under way fails with SESSION_CLOSED. The promise is fulfilled when the gateway has closed it too, or does not say
     * so within 2 s. Does nothing the second time; never fails.
     */
    async close(): Promise<void> {
        if (this.#closed)
            return;
        // Before anything that waits for the end of the session gets to run, the gateway is told of it.
        this.#lifeline.link.post(outgoing.close());
        const ended = this.#lifeline.end(FAREWELL);
        this.#over(CLOSED_BY_CLIENT, 'The session was closed by this client.');
        await ended;
    }

    #channel(): Channel {
        const session = this;
        const { telemetry } = this.#settings;
        return {
            calls: this.#calls,
            telemetry: telemetry && guarded(telemetry, error => this.#report(error)),
            requestTimeout: this.#settings.requestTimeout,
            get sessionId() { return session.#reply.session; },
            get maxMessageBytes() { return session.#reply.maxMessageBytes; },
            get requestMilliseconds() { return session.#reply.requestMilliseconds; },
            get server() { return session.#lifeline.server; },
            get generation() { return session.#generation; },
            get link() { return session.#lifeline.link; },
            checkOpen: () => this.#checkOpen(),
            report: error => this.#report(error),
            call: callback => {
                try {
                    observe(callback(), error => this.#report(error));
                } catch (error) {
                    this.#report(error);
                }
            },
        };
    }

    #checkOpen(): void {
        if (this.#closed)
            throw new RabbitBridgeError(ErrorReason.SESSION_CLOSED, `Session ${this.sessionId} is closed.`);
        if (!this.#lifeline.isConnected && this.#lifeline.queuedBytes > MAX_QUEUED_BYTES)
            throw new RabbitBridgeError(ErrorReason.OVERLOADED, `More than ${MAX_QUEUED_BYTES} bytes wait for a connection.`);
    }

    // Gives when everything is registered in it.
    #opened(reply: OpenReply): Promise<void> {
        const previous = this.#generation === 0 ? undefined : this.#reply.session;
        this.#generation++;
        this.#reply = reply;
        this.#properties = Object.freeze(reply.properties);
        return previous === undefined ? Promise.resolve() : this.#failOver(previous);
    }

    async #failOver(previous: string): Promise<void> {
        const generation = this.#generation;
        const lost = this.#lost ??= previous;
        await Promise.all([this.messages.restore(), this.sessions.restore(), this.projects.restore()]);
        // If yet another one has taken over meanwhile, that is the one to tell of.
        if (this.#generation !== generation || this.#closed)
            return;
        this.#lost = undefined;
        this.#emit('failover', this.sessionId, lost);
    }

    // Nothing comes from that gateway any more.
    #ended(wire: SessionWire): void {
        this.#calls.failAll('COMMUNICATION_FAILURE', `Session ${wire.session} was lost; whether the request was executed is not known.`, wire.link);
        this.messages.abandon('COMMUNICATION_FAILURE', wire.link);
    }

    #receive(message: Incoming, wire: SessionWire): void {
        switch (message.type) {
            case MessageType.delivery:
                this.messages.deliver(message, wire.link);
                break;
            case MessageType.cancel:
                this.messages.cancel(message.id, wire.link);
                break;
            case MessageType.sessionEvent:
                this.sessions.on(message);
                break;
            case MessageType.projectMessage:
                this.projects.deliver(message);
                break;
            case MessageType.properties:
                if (wire.link === this.#lifeline.link)
                    this.#properties = Object.freeze(message.properties);
                break;
            case MessageType.closed:
                if (wire.link !== this.#lifeline.link) {
                    this.#lifeline.left(wire);
                    break;
                }

                if (message.reason === FAILED_OVER) {
                    void this.#lifeline.move();
                    break;
                }

                void this.#lifeline.end(0);
                this.#over(message.reason, message.text);
                break;
            default:
                this.#calls.receive(message);
                break;
        }
    }

    #over(reason: number, text: string): void {
        if (this.#closed)
            return;
        this.#closed = true;
        this.messages.abandon('SESSION_CLOSED');
        this.#calls.failAll('SESSION_CLOSED', `Session ${this.sessionId} is closed: ${text}`);
        this.messages.close();
        this.sessions.end();
        this.projects.close();
        this.#emit('close', closeReason(reason), text);
    }

    #emit<K extends keyof SessionEvents>(event: K, ...args: SessionEvents[K]): void {
        this.#events.emit(event, args, error => this.#report(error));
    }

    #report(error: unknown): void {
        const heard = this.#events.emit('error', [error], thrown => console.error('rabbitbridge: a listener to the event error failed:', thrown));
        if (!heard)
            console.error('rabbitbridge:', error);
    }
}
