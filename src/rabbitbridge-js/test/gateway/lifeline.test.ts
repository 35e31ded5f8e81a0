// Connections that are lost, and gateways that are: two gateway processes with a broker between them, and a proxy that cuts.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type ConnectOptions, type Session } from '../../src/index.js';
import { Broker } from './support/broker.js';
import { event, eventually, failure, Told } from '../support/conditions.js';
import { GatewayProcess } from './support/gateway-process.js';
import { TcpProxy } from './support/tcp-proxy.js';

// Gateways that stand still for a moment are not taken for lost.
const patient = '--Gateway:PresenceLimit=00:00:15';
let broker: Broker;
let near: GatewayProcess;
let far: GatewayProcess;
const sessions: Session[] = [];

beforeAll(async () => {
    broker = await Broker.start();
    [near, far] = await Promise.all(['near', 'far'].map(name => GatewayProcess.start(broker.uri, `--Gateway:Name=${name}`, patient))) as [GatewayProcess, GatewayProcess];
    const [here, there] = await Promise.all([open(near.address), open(far.address)]);
    await eventually('the gateways know each other', async () => await here.messages.sendRequestToFilter(`$SessionId is '${there.sessionId}'`, 'x', 1, { onResponse: () => undefined, onResponseError: () => undefined }) === 1);
    await Promise.all(sessions.splice(0).map(session => session.close()));
});

afterAll(async () => {
    await Promise.all([near?.kill(), far?.kill()]);
    await broker?.stop();
});

afterEach(async () => {
    await Promise.all(sessions.splice(0).map(session => session.close()));
});

async function open(addresses: string | string[], options: Partial<ConnectOptions> = {}): Promise<Session> {
    const session = await connect({ addresses, ...options });
    sessions.push(session);
    return session;
}

describe('across gateways', () => {
    it('requests find handlers, sessions and filters their streams', async () => {
        const [service, client] = await Promise.all([open(far.address, { principal: 'service', credentials: 'secret' }), open(near.address, { protocol: 'json' })]);
        await service.messages.addRequestHandler('across', { onRequest: (request, context, responder) => responder.respond([request, context.sessionId]) });
        service.messages.setRequestStream('s', { onRequest: (_path, request, responder) => responder.respond(request) });
        expect(await client.messages.sendRequest('across/x', 'hi')).toEqual(['hi', client.sessionId]);
        expect(await client.messages.sendRequest('s', 'x', service.sessionId)).toBe('x');
        const answered = new Told<unknown>();
        expect(await client.messages.sendRequestToFilter("$Principal is 'service'", 's', 1n, {
            onResponse: (id, response) => answered.tell([id, response]),
            onResponseError: (_id, error) => answered.tell(error),
        })).toBe(1);
        expect(await answered.promise).toEqual([service.sessionId, 1n]);
    });
});

describe.each<[string, Partial<ConnectOptions>]>([['WebSockets', {}], ['long polling', { transport: 'longPolling' }]])('a connection over %s', (_, options) => {
    let proxy: TcpProxy;

    beforeEach(async () => {
        proxy = await TcpProxy.start(near.port);
    });

    afterEach(() => proxy.stop());

    it('that is cut goes on where it was', async () => {
        const [service, client] = await Promise.all([open(far.address), open(proxy.address, options)]);
        const requests: unknown[] = [];
        const came = new Told<() => void>();
        await service.messages.addRequestHandler('cut', {
            onRequest: (request, _context, responder) => {
                requests.push(request);
                if (requests.length === 1)
                    came.tell(() => responder.respond('late'));
                else
                    responder.respond(request);
            },
        });
        const before = client.sessionId;
        const first = client.messages.sendRequest('cut', 'first');
        const answer = await came.promise;
        const [disconnected, reconnected] = [event(client, 'disconnect'), event(client, 'reconnect')];
        proxy.shut();
        await disconnected;
        // The answer finds the client away, and so do requests find the gateway.
        answer();
        const meanwhile = [1, 2, 3].map(value => client.messages.sendRequest('cut', value));
        proxy.open();
        await reconnected;
        expect(await first).toBe('late');
        expect(await Promise.all(meanwhile)).toEqual([1, 2, 3]);
        // In whichever order: gateways hand requests to their threads as these are free.
        expect(requests.sort()).toEqual([1, 2, 3, 'first']);
        expect(client.sessionId).toBe(before);
    });

    it('that comes back does not bring what is over (D30)', async () => {
        const [service, client, here] = await Promise.all([open(far.address), open(proxy.address, options), open(near.address)]);
        const [requests, delivered]: [unknown[], unknown[]] = [[], []];
        await service.messages.addRequestHandler('over', {
            onRequest: (request, _context, responder) => {
                requests.push(request);
                responder.respond(request);
            },
        });
        client.messages.setRequestStream('over', {
            onRequest: (_path, request, responder) => {
                delivered.push(request);
                responder.respond(request);
            },
        });
        const [disconnected, reconnected] = [event(client, 'disconnect'), event(client, 'reconnect')];
        proxy.shut();
        await disconnected;
        const abort = new AbortController();
        const ending = [
            client.messages.sendRequest('over', 'timed out', { timeout: 50 }),
            client.messages.sendRequest('over', 'aborted', { signal: abort.signal }),
            service.messages.sendRequest('over', 'timed out', client.sessionId, { timeout: 50 }),
        ];
        abort.abort();
        expect((await Promise.allSettled(ending)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
        // That nobody waits any more is told behind the requests, and not waited for: what goes the same way has it arrive before the client is back.
        here.messages.setRequestStream('over', { onRequest: (_path, request, responder) => responder.respond(request) });
        expect(await service.messages.sendRequest('over', 'behind', here.sessionId)).toBe('behind');
        const living = [client.messages.sendRequest('over', 'in time'), service.messages.sendRequest('over', 'in time', client.sessionId)];
        proxy.open();
        await reconnected;
        expect(await Promise.all(living)).toEqual(['in time', 'in time']);
        expect([requests, delivered]).toEqual([['in time'], ['in time']]);
    });

    it('that is cut again and again loses and doubles nothing', async () => {
        const [service, client] = await Promise.all([open(far.address), open(proxy.address, { ...options, reconnect: { minDelay: 1, maxDelay: 5 } })]);
        const requests: number[] = [];
        await service.messages.addRequestHandler('again', {
            onRequest: (request, _context, responder) => {
                requests.push(request as number);
                responder.respond(request);
            },
        });
        const values = Array.from({ length: 400 }, (_x, i) => i);
        const responses: Promise<unknown>[] = [];
        for (const value of values) {
            responses.push(client.messages.sendRequest('again', value));
            if (value % 20 === 19)
                await Promise.race(responses.slice(-20));
            if (value % 100 === 50)
                proxy.cut();
        }

        expect(await Promise.all(responses)).toEqual(values);
        expect(requests.sort((a, b) => a - b)).toEqual(values);
    });
});

describe('a connection over long polling', () => {
    it('on which nothing can be sent any more is given up, and nothing is lost', async () => {
        const proxy = await TcpProxy.start(near.port);
        try {
            const client = await open(proxy.address, { transport: 'longPolling' });
            client.messages.setRequestStream('s', { onRequest: (_path, request, responder) => responder.respond(request) });
            const disconnected = event(client, 'disconnect');
            // What is sent is refused, while the poll, which is under way, goes on.
            proxy.refused = /^POST/;
            const answer = client.messages.sendRequest('s', 'x', client.sessionId);
            await disconnected;
            proxy.refused = undefined;
            expect(await answer).toBe('x');
        } finally {
            await proxy.stop();
        }
    });
});

describe('a gateway that is killed', () => {
    it('is replaced by the other one, for callers and handlers', async () => {
        const doomed = await GatewayProcess.start(broker.uri, '--Gateway:Name=doomed');
        try {
            const [service, caller] = await Promise.all([open([doomed.address, near.address]), open([doomed.address, near.address])]);
            const client = await open(far.address);
            const closed: string[] = [];
            const told: unknown[] = [];
            await service.messages.addRequestHandler('service', {
                onRequest: (request, _context, responder) => request === 'slow' ? undefined : responder.respond('ok'),
                onClose: () => closed.push('handler'),
            });
            await service.sessions.addListener({ onClosed: id => told.push(id) });
            expect(await client.messages.sendRequest('service', 'x')).toBe('ok');
            const [serviceBefore, callerBefore] = [service.sessionId, caller.sessionId];
            const pending = failure(caller.messages.sendRequest('service', 'slow'));
            const failedOver = Promise.all([event(service, 'failover'), event(caller, 'failover')]);
            await doomed.kill();
            const [[serviceNow, serviceThen], [, callerThen]] = await failedOver;
            expect([serviceThen, callerThen]).toEqual([serviceBefore, callerBefore]);
            expect(service.sessionId).toBe(serviceNow);
            expect((await pending).reason.name).toBe('COMMUNICATION_FAILURE');
            await eventually('the service is back', async () => await client.messages.sendRequest('service', 'x') === 'ok');
            expect(await caller.messages.sendRequest('service', 'x')).toBe('ok');
            await eventually('the listener hears who is gone', () => Promise.resolve([serviceBefore, callerBefore].every(id => told.includes(id))));
            expect(closed).toEqual([]);
        } finally {
            await doomed.kill();
        }
    });

    it('and has no other one ends its sessions', async () => {
        const doomed = await GatewayProcess.start();
        const session = await open(doomed.address, { reconnect: { timeout: 500 } });
        const closed = event(session, 'close');
        await doomed.kill();
        expect((await closed)[0].name).toBe('CONNECTION_LOST');
        expect((await failure(session.messages.sendRequest('x', 1))).reason.name).toBe('SESSION_CLOSED');
    });
});

describe('a gateway that is stopped', () => {
    it('sends its clients to another one first: no request fails, and what is under way ends where it began (F2)', async () => {
        const doomed = await GatewayProcess.start(broker.uri, '--Gateway:Name=stopped', patient, '--Gateway:DrainTimeout=00:01:00');
        try {
            const addresses = [doomed.address, near.address];
            const [service, caller] = await Promise.all([open(addresses), open(addresses)]);
            const client = await open(far.address);
            const came = new Told<() => void>();
            const disconnects: unknown[] = [];
            service.on('disconnect', () => disconnects.push('service'));
            caller.on('disconnect', () => disconnects.push('caller'));
            await service.messages.addRequestHandler('moving', {
                onRequest: (request, _context, responder) => request === 'slow' ? came.tell(() => responder.respond('late')) : responder.respond('ok'),
            });
            const before = service.sessionId;
            const slow = caller.messages.sendRequest('moving', 'slow');
            const answer = await came.promise;
            const failedOver = Promise.all([event(service, 'failover'), event(caller, 'failover')]);
            let stopped = false;
            const stopping = doomed.stop().then(() => stopped = true);
            let answered = 0;
            const ask = async (session: Session): Promise<void> => {
                while (!stopped) {
                    expect(await session.messages.sendRequest('moving', 'x')).toBe('ok');
                    answered++;
                }
            };
            const asking = Promise.all([ask(client), ask(caller)]);
            const [[now, then]] = await failedOver;
            expect([now, then]).toEqual([service.sessionId, before]);
            await eventually('requests are answered at the next gateway', () => Promise.resolve(answered > 20));
            expect(stopped).toBe(false);
            answer();
            expect(await slow).toBe('late');
            await stopping;
            await asking;
            expect(disconnects).toEqual([]);
        } finally {
            await doomed.kill();
        }
    });
});

describe('a session that is away for too long', () => {
    it('is over, and a new one takes its place', async () => {
        const impatient = await GatewayProcess.start(undefined, '--Remote:GracePeriod=00:00:00.2');
        const proxy = await TcpProxy.start(impatient.port);
        try {
            const [watcher, session] = [await open(impatient.address), await open(proxy.address)];
            await session.messages.addRequestHandler('h', { onRequest: (_request, _context, responder) => responder.respond('ok') });
            const gone = new Told<string>();
            await watcher.sessions.addListener({ onClosed: (_id, _properties, reason) => gone.tell(reason.name) });
            const failedOver = event(session, 'failover');
            proxy.shut();
            expect(await gone.promise).toBe('CONNECTION_LOST');
            proxy.open();
            await failedOver;
            // The watcher may hear of the end a moment before the old session's handler is gone.
            await eventually('its handler answers', async () => await watcher.messages.sendRequest('h', 1) === 'ok');
        } finally {
            await proxy.stop();
            await impatient.kill();
        }
    });
});
