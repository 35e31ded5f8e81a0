import { CLOSED_BY_CONTROLLER, CONNECTION_LOST } from '../errors/close-reason.js';
import { ErrorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import type { Settings } from '../options.js';
import type { ServerAddress } from '../telemetry/contracts.js';
import { serverAddress } from '../telemetry/server-address.js';
import type { Connection, Dial } from './connection.js';
import { outgoing } from './outgoing.js';
import { clientType, readOpenReply, type OpenReply, type OpenRequest, type ResumeRequest } from './open.js';
import { ProtocolError } from './protocol-error.js';
import { SessionWire } from './session-wire.js';
import { Troubles } from './troubles.js';
import { readFrame, type Incoming } from './incoming.js';
import type { Link } from './link.js';
import { MessageType } from './message-type.js';

const REGISTRATION_LIMIT = 10_000;

/** Whom the lifeline tells. None of it may throw. */
export interface LifelineEvents {
    /** A message of the present session, or of one that is being left. */
    received(message: Incoming, wire: SessionWire): void;
    /** The connection is lost, and another one is looked for. */
    disconnected(error: Error | undefined): void;
    /** The session goes on. */
    resumed(): void;
    /** There is a session; a new one, if there was one before. Gives when everything is registered in it. */
    opened(reply: OpenReply): Promise<void>;
    /** Nothing comes from a former session any more. */
    ended(wire: SessionWire): void;
    /** There is no session any more, and there will be none. */
    over(reason: number, text: string): void;
}

/**
 * Keeps a session alive over connections that are not: resumes it where it was, or opens a new one at whichever gateway answers.
 */
export class Lifeline {
    readonly #settings: Settings;
    readonly #dial: Dial;
    readonly #events: LifelineEvents;
    readonly #ended = new AbortController();
    #wire: SessionWire | undefined;
    #connection: Connection | undefined;
    // Those that this client has moved away from, until what is under way there has ended.
    readonly #leaving = new Map<Connection, SessionWire>();
    #isMoving = false;
    #isToldAgain = false;
    // When everything is registered in the present session.
    #registered: Promise<void> = Promise.resolve();
    // Which of the addresses is the present one.
    #address = 0;
    // Another address may be the present one while there is no connection.
    #server!: ServerAddress;
    #troubles: Troubles | undefined;

    constructor(settings: Settings, dial: Dial, events: LifelineEvents) {
        this.#settings = settings;
        this.#dial = dial;
        this.#events = events;
    }

    /** Whether there is a connection. */
    get isConnected(): boolean {
        return this.#connection !== undefined;
    }

    /** Where the gateway is that the session is connected to, or was last. There is one from when the session was opened. */
    get server(): ServerAddress {
        return this.#server;
    }

    /** The bytes that are posted and not known to have arrived. */
    get queuedBytes(): number {
        return this.#wire?.link.queuedBytes ?? 0;
    }

    /**
     * Opens the session at the first address that lets it.
     *
     * @throws RabbitBridgeError why none does
     */
    async open(): Promise<void> {
        let last: unknown;
        const problems: string[] = [];
        for (this.#address = 0; this.#address < this.#settings.addresses.length; this.#address++) {
            try {
                await this.#establish(false);
                return;
            } catch (error) {
                last = error;
                problems.push(`${this.#settings.addresses[this.#address]}: ${textOf(error)}`);
                // Another gateway would think the same of who comes.
                if (isDenied(error))
                    break;
            }
        }

        this.#ended.abort();
        throw last instanceof RabbitBridgeError && (problems.length === 1 || last.reason !== ErrorReason.COMMUNICATION_FAILURE)
            ? last
            : new RabbitBridgeError(ErrorReason.COMMUNICATION_FAILURE, `No gateway could be reached. ${problems.join('; ')}`, last);
    }

    /** The exchange of messages of the present session. There is one from when the session was opened. */
    get link(): Link {
        return this.#wire!.link;
    }

    /**
     * Goes to another gateway while this one still serves the client: first everything is registered there, then the gateway here withdraws what was
     * registered with it, and ends the session when what is under way has come to its end. Stays if no other gateway takes the client (F2).
     */
    async move(): Promise<void> {
        if (this.#isMoving) {
            this.#isToldAgain = true;
            return;
        }

        this.#isMoving = true;
        try {
            do {
                this.#isToldAgain = false;
                await this.#moveOnce();
            } while (this.#isToldAgain);
        } finally {
            this.#isMoving = false;
        }
    }

    async #moveOnce(): Promise<void> {
        const [wire, connection, { addresses, reconnect }] = [this.#wire!, this.#connection, this.#settings];
        if (connection === undefined)
            return;
        // The same address at last: it may lead to another gateway, through a balancer.
        for (let i = 1; i <= addresses.length && reconnect !== undefined; i++) {
            const hasMoved = await this.#moveTo((this.#address + i) % addresses.length, wire, connection);
            // Or the connection was lost meanwhile, and what follows that is under way.
            if (hasMoved || this.#connection !== connection)
                return;
        }

        wire.link.post(outgoing.leave(false));
    }

    /** The gateway of a former session has ended it. */
    left(wire: SessionWire): void {
        for (const [connection, leaving] of this.#leaving) {
            if (leaving !== wire)
                continue;
            void connection.close();
            this.#lost(connection, undefined);
        }
    }

    /**
     * Ends the connection.
     *
     * @param farewellMilliseconds how long the gateway has to say that the session is over, of which it has been asked
     */
    async end(farewellMilliseconds: number): Promise<void> {
        if (this.#ended.signal.aborted)
            return;
        this.#ended.abort();
        const left = [...this.#leaving];
        this.#leaving.clear();
        const connection = this.#connection;
        this.#connection = undefined;
        if (farewellMilliseconds > 0) {
            for (const [, wire] of left)
                wire.link.post(outgoing.close());
            // Links send in the next turn.
            await (connection === undefined ? Promise.resolve() : farewell(connection, farewellMilliseconds));
        }

        for (const [former] of left)
            void former.close();
        if (connection === undefined)
            return;
        this.#wire?.link.detach();
        await connection.close();
    }

    // Connects to the present address, and resumes the session there or opens a new one.
    async #establish(resume: boolean): Promise<void> {
        const wire = this.#wire;
        const [connection, reply] = await this.#openAt(this.#address, resume && wire?.isBroken === false
            ? { session: wire.session, key: wire.key, received: wire.link.received }
            : null);
        this.#checkWanted(connection);
        if (reply.resumed && wire !== undefined) {
            try {
                this.#adopt(wire, connection, reply);
            } catch (error) {
                wire.isBroken = true;
                void connection.close();
                throw error;
            }

            this.#server = serverAddress(this.#settings.addresses[this.#address]!);
            this.#events.resumed();
            return;
        }

        const fresh = this.#begin(connection, reply);
        this.#registered = this.#events.opened(reply);
        // After that: what responders that are abandoned ask belongs to the new session.
        if (wire !== undefined)
            this.#events.ended(wire);
        this.#adopt(fresh, connection, reply);
    }

    async #moveTo(address: number, wire: SessionWire, former: Connection): Promise<boolean> {
        let connection: Connection;
        let reply: OpenReply;
        try {
            [connection, reply] = await this.#openAt(address, null);
            this.#checkWanted(connection);
        } catch {
            // Whatever it is, this gateway serves the client as before.
            return false;
        }

        if (this.#connection !== former || reply.received !== 0) {
            void connection.close();
            return false;
        }

        // What the former gateway has said twice is done.
        this.#isToldAgain = false;
        this.#leaving.set(former, wire);
        this.#address = address;
        const fresh = this.#begin(connection, reply);
        this.#registered = this.#events.opened(reply);
        this.#adopt(fresh, connection, reply);
        void this.#leave(former, wire);
        return true;
    }

    async #leave(former: Connection, wire: SessionWire): Promise<void> {
        let present: SessionWire | undefined;
        // The next gateway may have been lost as well before all was registered there.
        do {
            present = this.#wire;
            // What cannot be registered for a long time must not keep the client in two sessions.
            await within(REGISTRATION_LIMIT, this.#registered);
        } while (this.#wire !== present);
        if (this.#leaving.has(former))
            wire.link.post(outgoing.leave(true));
    }

    // Before anything goes out: what the application posts belongs to the new session from here on.
    #begin(connection: Connection, reply: OpenReply): SessionWire {
        const fresh = new SessionWire(reply, (message, wire) => {
            if (this.#wire === wire || [...this.#leaving.values()].includes(wire))
                this.#events.received(message, wire);
        });
        this.#wire = fresh;
        this.#connection = connection;
        this.#server = serverAddress(this.#settings.addresses[this.#address]!);
        return fresh;
    }

    // The session may have been closed in the meantime.
    #checkWanted(connection: Connection): void {
        if (!this.#ended.signal.aborted)
            return;
        void connection.close();
        throw new RabbitBridgeError(ErrorReason.SESSION_CLOSED, 'The session was closed while it was connecting.');
    }

    async #openAt(address: number, resume: ResumeRequest | null): Promise<[Connection, OpenReply]> {
        const settings = this.#settings;
        const limit = new AbortController();
        const giveUp = (): void => limit.abort();
        const timer = setTimeout(giveUp, settings.connectTimeout || 0x7fffffff);
        this.#ended.signal.addEventListener('abort', giveUp);
        let connection: Connection | undefined;
        const gaveUp = new Promise<never>((_, reject) => {
            limit.signal.addEventListener('abort', () =>
                reject(new RabbitBridgeError(ErrorReason.COMMUNICATION_FAILURE, `${settings.addresses[address]} has not answered in ${settings.connectTimeout} ms.`)));
        });
        gaveUp.catch(() => undefined);
        try {
            const dialed = this.#dial(settings.addresses[address]!, limit.signal);
            // One that comes too late is not kept.
            void dialed.then(late => limit.signal.aborted ? late.close() : undefined, () => undefined);
            connection = await Promise.race([dialed, gaveUp]);
            const reply = await this.#say(connection, resume, gaveUp);
            if (limit.signal.aborted)
                await gaveUp;
            return [connection, reply];
        } catch (error) {
            void connection?.close();
            throw error;
        } finally {
            clearTimeout(timer);
            this.#ended.signal.removeEventListener('abort', giveUp);
        }
    }

    async #say(connection: Connection, resume: ResumeRequest | null, gaveUp: Promise<never>): Promise<OpenReply> {
        const { principal, password, token, properties, project, hostName } = this.#settings;
        const request: OpenRequest = resume === null
            ? {
                version: 1, clientType: clientType(), principal, password, properties, project, hostName, resume,
                token: await Promise.race([token?.(), gaveUp]) ?? null,
            }
            : {
                version: 1, clientType: clientType(), principal: null, password: null, properties: null, project: null, hostName: null, token: null, resume,
            };
        try {
            return readOpenReply(await Promise.race([connection.open(JSON.stringify(request)), gaveUp]));
        } catch (error) {
            // The session is over there, or was never known: the connection stays, for a new one.
            if (resume !== null && error instanceof RabbitBridgeError && error.reason === ErrorReason.NO_SUCH_SESSION)
                return this.#say(connection, null, gaveUp);
            throw error;
        }
    }

    #adopt(wire: SessionWire, connection: Connection, reply: OpenReply): void {
        wire.link.attach(frame => this.#send(connection, frame), reply.received);
        this.#connection = connection;
        connection.listen(
            frame => {
                if (this.#connection !== connection && !this.#leaving.has(connection))
                    return;
                try {
                    wire.link.onFrame(frame);
                } catch (error) {
                    // After a gap the gateway sends again what is missing; what cannot be read, it would send again as well.
                    if (error instanceof ProtocolError)
                        wire.isBroken = true;
                    void connection.close();
                    this.#lost(connection, error as Error);
                }
            },
            error => this.#lost(connection, error));
    }

    // Over a connection that takes no more frames, some may come all the same: long polling asks for them by requests of their own.
    async #send(connection: Connection, frame: Uint8Array): Promise<void> {
        try {
            await connection.send(frame);
        } catch (error) {
            void connection.close();
            this.#lost(connection, error as Error);
            throw error;
        }
    }

    #lost(connection: Connection, error: Error | undefined): void {
        const left = this.#leaving.get(connection);
        if (left !== undefined) {
            this.#leaving.delete(connection);
            left.link.detach();
            this.#events.ended(left);
            return;
        }

        if (this.#connection !== connection)
            return;
        this.#connection = undefined;
        const wire = this.#wire!;
        wire.link.detach();
        if (this.#troubles?.lost(wire.link.oldestKept) === true)
            wire.isBroken = true;
        if (this.#settings.reconnect === undefined) {
            this.#end(CONNECTION_LOST, `The connection was lost: ${textOf(error)}`);
            return;
        }

        this.#events.disconnected(error);
        void this.#reconnect(this.#settings.reconnect);
    }

    async #reconnect(options: NonNullable<Settings['reconnect']>): Promise<void> {
        const lostAt = performance.now();
        this.#troubles ??= new Troubles(options.minDelay, options.maxDelay);
        const { backoff } = this.#troubles;
        // At once, unless the connection before was lost as soon as it was there.
        if (!this.#troubles.areOver)
            await backoff.pause(this.#ended.signal);
        for (;;) {
            if (this.#ended.signal.aborted)
                return;
            try {
                // However long it was: a gateway that has closed the session for somebody knows it for longer than it would have kept it.
                await this.#establish(true);
                this.#troubles.connected();
                return;
            } catch (error) {
                if (this.#ended.signal.aborted)
                    return;
                // Somebody wanted it to end, while there was no connection by which to tell.
                if (error instanceof RabbitBridgeError && error.reason === ErrorReason.SESSION_CLOSED) {
                    this.#end(CLOSED_BY_CONTROLLER, error.message);
                    return;
                }

                const last = isDenied(error) || performance.now() - lostAt >= options.timeout;
                if (last) {
                    this.#end(CONNECTION_LOST, `The connection was lost, and there is no other one: ${textOf(error)}`);
                    return;
                }
            }

            await backoff.pause(this.#ended.signal);
            this.#address = (this.#address + 1) % this.#settings.addresses.length;
        }
    }

    #end(reason: number, text: string): void {
        this.#ended.abort();
        this.#events.over(reason, text);
    }
}

function within(milliseconds: number, promise: Promise<void>): Promise<void> {
    return new Promise(resolve => {
        const timer = setTimeout(resolve, milliseconds);
        void promise.then(() => {
            clearTimeout(timer);
            resolve();
        });
    });
}

// Frames before the last are passed over: nobody waits for what is in them any more.
function farewell(connection: Connection, milliseconds: number): Promise<void> {
    return new Promise(resolve => {
        const timer = setTimeout(resolve, milliseconds);
        const done = (): void => {
            clearTimeout(timer);
            resolve();
        };
        const isLast = (frame: Uint8Array): boolean => {
            try {
                return readFrame(frame).messages.some(message => message.type === MessageType.closed);
            } catch {
                return true;
            }
        };
        connection.listen(frame => isLast(frame) ? done() : undefined, done);
    });
}

function isDenied(error: unknown): boolean {
    return error instanceof RabbitBridgeError && error.reason === ErrorReason.ACCESS_DENIED;
}

function textOf(error: unknown): string {
    return error instanceof Error ? error.message : error === undefined ? 'it was closed.' : String(error);
}
