// What is registered while sessions take each other's place.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type RequestHandler, type Session } from '../../src/index.js';
import type { Dial } from '../../src/link/connection.js';
import { readFrame, type Incoming, type SessionEvent } from '../../src/link/incoming.js';
import { MessageType } from '../../src/link/message-type.js';
import { signalRDial } from '../../src/link/signalr-connection.js';
import { settingsOf } from '../../src/options.js';
import { Session as SessionOverDial } from '../../src/session.js';
import { Broker } from './support/broker.js';
import { atOnce, event, eventually, failure, Told } from '../support/conditions.js';
import { GatewayProcess } from './support/gateway-process.js';
import { EndOfSessions } from './support/end-of-sessions.js';
import { TcpProxy } from './support/tcp-proxy.js';

const echo: RequestHandler = { onRequest: (request, _context, responder) => responder.respond(request) };
const reconnect = { minDelay: 1, maxDelay: 5 };
/** A test that starts a broker of its own has so many milliseconds. */
const WITH_BROKER = 240_000;

let gateway: GatewayProcess;
let proxy: TcpProxy;
let session: Session;
let other: Session;
let ends: EndOfSessions;
let received: Incoming[];
let replies: string[];

beforeAll(async () => {
    gateway = await GatewayProcess.start(undefined, '--Remote:GracePeriod=00:00:00');
});

afterAll(() => gateway?.kill());

beforeEach(async () => {
    proxy = await TcpProxy.start(gateway.port);
    [received, replies] = [[], []];
    session = await recorded(proxy.address);
    other = await connect({ addresses: gateway.address });
    ends = await EndOfSessions.seenBy(other);
});

afterEach(async () => {
    await Promise.all([session.close(), other.close()]);
    await proxy.stop();
});

/** Opens a session, and keeps what the gateway says. */
function recorded(addresses: string): Promise<Session> {
    const settings = settingsOf({ addresses, reconnect });
    return new SessionOverDial(settings, recording(signalRDial(settings.protocol, settings.transports))).open();
}

function recording(dial: Dial): Dial {
    return async (address, signal) => {
        const connection = await dial(address, signal);
        return {
            open: async request => {
                const reply = await connection.open(request);
                replies.push(reply);
                return reply;
            },
            send: frame => connection.send(frame),
            close: () => connection.close(),
            listen: (onFrame, onClosed) => connection.listen(frame => {
                received.push(...readFrame(frame).messages);
                onFrame(frame);
            }, onClosed),
        };
    };
}

/** Brings the session to its end, and waits for the next one, in which nothing has been answered yet. */
async function replaced(): Promise<void> {
    const { sessionId } = session;
    await ends.bring(session, proxy);
    await atOnce(() => session.sessionId !== sessionId);
}

async function answers(path: string): Promise<void> {
    await eventually(`${path} is answered`, async () => await other.messages.sendRequest(path, 'x') === 'x');
}

describe('a session that is lost', () => {
    it('again and again while it registers keeps what it has', async () => {
        const paths = Array.from({ length: 20 }, (_x, i) => `h${i}`);
        await Promise.all(paths.map(path => session.messages.addRequestHandler(path, echo)));
        const opened: string[] = [];
        await session.sessions.addListener({ onOpened: id => opened.push(id) });
        const { sessionId } = session;
        for (let round = 0; round < 3; round++)
            await replaced();
        // The sessions between have not been told of.
        expect(await event(session, 'failover')).toEqual([session.sessionId, sessionId]);
        await Promise.all(paths.map(answers));
        const late = await connect({ addresses: gateway.address });
        await eventually('the listener hears of it', () => Promise.resolve(opened.includes(late.sessionId)));
        await late.close();
    });

    it('while something is added has it in the next one', async () => {
        const opened: string[] = [];
        const added = [session.messages.addRequestHandler('h', echo), session.sessions.addListener({ onOpened: id => opened.push(id) })];
        await replaced();
        // This one finds its session taken over by another one, as do those above.
        added.push(session.messages.addRequestHandler('i', echo));
        await replaced();
        await Promise.all(added);
        // The session before may still be losing its handlers.
        await answers('h');
        await answers('i');
        expect(opened).toContain(other.sessionId);
    });

    it('has in the next one what was registered, but not what was closed meanwhile', async () => {
        const [early, late] = [await session.messages.addRequestHandler('early', echo), await session.messages.addRequestHandler('late', echo)];
        proxy.shut();
        const closed = early.close();
        await replaced();
        await Promise.all([closed, late.close()]);
        for (const path of ['early', 'late']) {
            await eventually(`nobody handles ${path}`, async () => (await failure(other.messages.sendRequest(path, 1))).reason.name === 'UNHANDLED_MESSAGE');
            await (await session.messages.addRequestHandler(path, echo)).close();
        }
    });

    it('does not leave a listener behind that is closed while it comes back', async () => {
        const [doomed, kept]: [string[], string[]] = [[], []];
        const registration = await session.sessions.addListener({ onOpened: id => doomed.push(id), onClosed: id => doomed.push(id) });
        await session.sessions.addListener({ onOpened: id => kept.push(id) });
        doomed.length = 0;
        await replaced();
        await registration.close();
        await eventually('the other one is back', () => Promise.resolve(kept.includes(session.sessionId)));
        // Taking it back is not waited for. The gateway has it before whatever comes later over this connection.
        await session.messages.addRequestHandler('since', echo);
        const since: string[] = [];
        for (let i = 0; i < 5; i++) {
            const late = await connect({ addresses: gateway.address });
            await eventually('the other one hears of it', () => Promise.resolve(kept.includes(late.sessionId)));
            since.push(late.sessionId);
            await late.close();
        }

        const events = received.filter(message => message.type === MessageType.sessionEvent).map(message => message as SessionEvent);
        expect(new Set(events.filter(told => since.includes(told.session)).map(told => told.id)).size).toBe(1);
        expect(doomed).toEqual([]);
    });

    it('takes nothing along that was asked in the next one', async () => {
        await other.messages.addRequestHandler('echo', echo);
        const opened: string[] = [];
        const came = new Told<void>();
        const asked = new Promise(resolve => session.messages.setRequestStream('slow', {
            onRequest: (_path, _request, responder) => {
                responder.signal.addEventListener('abort', () => resolve(Promise.all([
                    session.messages.sendRequest('echo', 'hi'), session.sessions.addListener({ onOpened: id => opened.push(id) })])));
                came.tell();
            },
        }));
        const lost = other.messages.sendRequest('slow', 1, session.sessionId).catch(() => undefined);
        await came.promise;
        await replaced();
        expect(await asked).toMatchObject(['hi', {}]);
        expect(opened).toContain(other.sessionId);
        await lost;
    });
});

describe('a gateway that has lost its broker', () => {
    it('keeps the sessions of clients that find no other one, and takes no new ones F1', async () => {
        await withoutBroker(async (alone, loseBroker, bringBack) => {
            const service = await recorded(alone.address);
            const { sessionId } = service;
            await service.messages.addRequestHandler('h', echo);

            loseBroker();

            await alone.logged(/clients are sent to other gateways/);
            const error = await failure(connect({ addresses: alone.address }));
            expect(error).toMatchObject({ reason: { name: 'COMMUNICATION_FAILURE' } });
            expect(error!.message).toContain('no connection to its broker');
            // It has been refused here as well, so it stays: once the broker is back it would be let in, with another session.
            await eventually('the client has tried', () => Promise.resolve(replies.some(reply => Boolean((JSON.parse(reply) as { error?: unknown }).error))));
            await bringBack();
            const client = await connect({ addresses: alone.address });
            expect(await client.messages.sendRequest('h', 1)).toBe(1);
            expect(service.sessionId).toBe(sessionId);
            await Promise.all([service.close(), client.close()]);
        });
    }, WITH_BROKER);

    it('sends its clients to another one F1', async () => {
        await withoutBroker(async (alone, loseBroker, _, uri) => {
            const second = await GatewayProcess.start(uri);
            try {
                const addresses = [alone.address, second.address];
                const service = await connect({ addresses, reconnect });
                await service.messages.addRequestHandler('h', echo);
                const failedOver = event(service, 'failover');

                loseBroker();

                await failedOver;
                const client = await connect({ addresses });
                expect(await client.messages.sendRequest('h', 1)).toBe(1);
                await Promise.all([service.close(), client.close()]);
            } finally {
                await second.kill();
            }
        });
    }, WITH_BROKER);
});

type Gateway = Awaited<ReturnType<typeof GatewayProcess.start>>;

/** Runs a test with a gateway whose broker can be taken from it. */
async function withoutBroker(test: (alone: Gateway, lose: () => void, bringBack: () => Promise<void>, uri: string) => Promise<void>): Promise<void> {
    const broker = await Broker.start();
    const proxy = await TcpProxy.start(Number(new URL(broker.uri).port));
    const { username, password } = new URL(broker.uri);
    const alone = await GatewayProcess.start(`amqp://${username}:${password}@${new URL(proxy.address).host}/`, '--Remote:BrokerGrace=00:00:00.5');
    try {
        await test(alone, () => proxy.shut(), async () => {
            proxy.open();
            await alone.ready();
        }, broker.uri);
    } finally {
        await alone.kill();
        await proxy.stop();
        await broker.stop();
    }
}
