import { decodeMulti } from '@msgpack/msgpack';
import type { Connection, Dial } from '../../src/link/connection.js';
import type { ConnectOptions } from '../../src/options.js';
import { settingsOf } from '../../src/options.js';
import { Session } from '../../src/session.js';
import { frame } from './fixtures.js';

/** A message, as an array. */
export type Message = readonly unknown[];

interface Remote {
    readonly id: string;
    readonly key: string;
    connection: FakeConnection | undefined;
    sent: number;
    received: number;
    kept: { number: number; bytes: Uint8Array }[];
}

/** Speaks the gateway's side of the protocol, and lets tests lose what they like. */
export class FakeGateway {
    /** What clients have said, session by session, in order. */
    readonly messages: Message[] = [];
    readonly opens: { principal: string | null; password: string | null; token: string | null; resume: { session: string; received: number } | null }[] = [];
    readonly sessions = new Map<string, Remote>();
    isUp = true;
    refusal: { reason: number; message: string } | undefined;
    requestMilliseconds = 10_000;
    maxMessageBytes = 1_000;
    /** Answers a message; by default whatever is registered is well. */
    answer: (message: Message, session: Remote) => void = (message, session) => {
        if ([10, 11, 15, 23, 24].includes(message[0] as number))
            this.send(session, [4, message[1], null, null]);
    };
    /** Whether frames from clients get lost on the way. */
    isDeaf = false;
    #waiting: { condition: () => boolean; resolve: () => void }[] = [];

    constructor(private readonly name = 'a') {
    }

    /** The session that was opened last. */
    get last(): Remote {
        return [...this.sessions.values()].at(-1)!;
    }

    dial(): Connection {
        if (!this.isUp)
            throw new Error(`${this.name} is down`);
        return new FakeConnection(this);
    }

    send(session: Remote, ...messages: readonly Message[]): void {
        const bytes = frame(++session.sent, session.received, ...messages);
        session.kept.push({ number: session.sent, bytes });
        session.connection?.deliver(bytes);
    }

    /** Cuts the connection of a session. */
    cut(session: Remote = this.last): void {
        const { connection } = session;
        session.connection = undefined;
        connection?.lose(new Error('cut'));
    }

    /** Dies with all it knows. */
    die(): void {
        this.isUp = false;
        for (const session of [...this.sessions.values()]) {
            this.sessions.delete(session.id);
            this.cut(session);
        }
    }

    /** Waits for something that messages from clients bring about. */
    until(condition: () => boolean): Promise<void> {
        return condition() ? Promise.resolve() : new Promise(resolve => this.#waiting.push({ condition, resolve }));
    }

    /** Waits for a message of a type; gives the last one. */
    async said(type: number, count = 1): Promise<Message> {
        const all = (): Message[] => this.messages.filter(message => message[0] === type);
        await this.until(() => all().length >= count);
        return all().at(-1)!;
    }

    changed(): void {
        for (const waiting of [...this.#waiting]) {
            if (!waiting.condition())
                continue;
            this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
            waiting.resolve();
        }
    }

    open(connection: FakeConnection, text: string): string {
        const request = JSON.parse(text) as FakeGateway['opens'][number] & { resume: { session: string; key: string; received: number } | null };
        this.opens.push(request);
        if (this.refusal !== undefined)
            return JSON.stringify({ error: this.refusal });
        let session: Remote | undefined;
        if (request.resume === null) {
            const id = `${this.name.charCodeAt(0).toString(16).padStart(16, '0')}-${(this.opens.length).toString(16).padStart(16, '0')}`;
            session = { id, key: `key of ${id}`, connection: undefined, sent: 0, received: 0, kept: [] };
            this.sessions.set(id, session);
        } else {
            session = this.sessions.get(request.resume.session);
            if (session?.key !== request.resume.key)
                return JSON.stringify({ error: { reason: 107, message: 'There is no such session.' } });
        }

        session.connection = connection;
        connection.session = session;
        for (const kept of session.kept) {
            if (request.resume !== null && kept.number > request.resume.received)
                connection.deliver(kept.bytes);
        }

        this.changed();
        return JSON.stringify({
            session: session.id, key: session.key, principal: request.principal ?? '', properties: { $SessionId: session.id }, gateway: this.name,
            resumed: request.resume !== null, received: session.received, graceMilliseconds: 30_000, maxMessageBytes: this.maxMessageBytes,
            maxQueueBytes: 4_194_304, requestMilliseconds: this.requestMilliseconds,
        });
    }

    take(session: Remote, bytes: Uint8Array): void {
        if (this.isDeaf)
            return;
        const [header, ...messages] = [...decodeMulti(bytes)] as [number[], ...Message[]];
        const [number, acknowledged] = header as [number, number];
        session.kept = session.kept.filter(kept => kept.number > acknowledged);
        if (number === 0 || number <= session.received)
            return;
        if (number !== session.received + 1)
            throw new Error(`Frame ${number} has come after ${session.received}.`);
        session.received = number;
        for (const message of messages) {
            this.messages.push(message);
            if (message[0] === 20)
                this.send(session, [19, 4, 'closed']);
            else
                this.answer(message, session);
        }

        this.changed();
    }
}

class FakeConnection implements Connection {
    session: Remote | undefined;
    #onFrame: ((frame: Uint8Array) => void) | undefined;
    #onClosed: ((error: Error | undefined) => void) | undefined;
    #isOver = false;
    readonly #early: Uint8Array[] = [];

    constructor(private readonly gateway: FakeGateway) {
    }

    open(request: string): Promise<string> {
        return Promise.resolve(this.gateway.open(this, request));
    }

    send(bytes: Uint8Array): Promise<void> {
        if (this.#isOver)
            return Promise.reject(new Error('lost'));
        const { session } = this;
        queueMicrotask(() => session?.connection === this && this.gateway.take(session, bytes));
        return Promise.resolve();
    }

    listen(onFrame: (frame: Uint8Array) => void, onClosed: (error: Error | undefined) => void): void {
        this.#onFrame = onFrame;
        this.#onClosed = onClosed;
        for (const bytes of this.#early.splice(0))
            onFrame(bytes);
    }

    close(): Promise<void> {
        this.#isOver = true;
        if (this.session?.connection === this)
            this.session.connection = undefined;
        return Promise.resolve();
    }

    deliver(bytes: Uint8Array): void {
        if (this.#onFrame === undefined)
            this.#early.push(bytes);
        else
            this.#onFrame(bytes);
    }

    lose(error: Error): void {
        this.#isOver = true;
        this.#onClosed?.(error);
    }
}

/** Connects to fake gateways, by their names as hosts. */
export async function connectTo(gateways: readonly FakeGateway[], options: Partial<ConnectOptions> = {}): Promise<Session> {
    const addresses = gateways.map((_, i) => `http://gateway${i}`);
    const dial: Dial = address => new Promise(resolve => resolve(gateways[addresses.indexOf(address)]!.dial()));
    return new Session(settingsOf({ addresses, reconnect: { minDelay: 1, maxDelay: 5 }, ...options }), dial).open();
}
