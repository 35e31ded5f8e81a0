// Every operation against a gateway process, in both hub protocols and without WebSockets.
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { connect, datatypes, ErrorReason, escape, PropertyKeys, RecordV2, type RabbitBridgeError, type ConnectOptions, type Session } from '../../src/index.js';
import { event, eventually, failure, Told } from '../support/conditions.js';
import { GatewayProcess } from './support/gateway-process.js';
import { TcpProxy } from './support/tcp-proxy.js';

let gateway: GatewayProcess;

beforeAll(async () => {
    gateway = await GatewayProcess.start();
});

afterAll(() => gateway?.kill());

describe.each<[string, Partial<ConnectOptions>, string]>([
    ['MessagePack over WebSockets', {}, 'WEBSOCKET'],
    ['JSON over WebSockets', { protocol: 'json' }, 'WEBSOCKET'],
    ['MessagePack over long polling', { transport: 'longPolling' }, 'HTTP_LONG_POLL'],
    ['JSON over server-sent events', { protocol: 'json', transport: 'serverSentEvents' }, 'OTHER'],
])('%s', (_, options, transport) => {
    let service: Session;
    let client: Session;

    beforeEach(async () => {
        [service, client] = await Promise.all(['service', 'client'].map(principal =>
            connect({ addresses: gateway.address, principal, credentials: 'secret', properties: { Department: principal }, ...options }))) as [Session, Session];
    });

    afterEach(async () => {
        await Promise.all([service.close(), client.close()]);
    });

    it('knows itself', () => {
        expect(client.principal).toBe('client');
        expect(client.sessionId).toMatch(/^[0-9a-f]{16}-[0-9a-f]{16}$/);
        expect(client.properties).toMatchObject({
            $SessionId: client.sessionId, $Principal: 'client', $ClientType: 'JAVASCRIPT_NODE', $Transport: transport });
    });

    it('carries every data type, there and back', async () => {
        await service.messages.addRequestHandler('echo', { onRequest: (request, _context, responder) => responder.respond(request) });
        const bytes = Uint8Array.from({ length: 100_000 }, (_x, i) => i);
        for (const value of ['grüße \u{1f430}', '', 2n ** 63n - 1n, 1.5, -0, NaN, true, { a: [1, null, { b: '' }] }, [1, 2], bytes, new RecordV2([['a', ''], []])])
            expect(await client.messages.sendRequest('echo/x', value)).toEqual(value);
        expect(await client.messages.sendRequest('echo', 5, null, 'int64', 'binary')).toEqual(new TextEncoder().encode('5'));
        expect((await client.messages.sendRequest('echo', 'x', null, null, datatypes.json<string>())).get()).toBe('x');
    });

    it('brings the context along, and closes handlers', async () => {
        const context = new Told<unknown>();
        const closed = new Told<void>();
        const registration = await service.messages.addRequestHandler('h', {
            onRequest: (_request, given, responder) => {
                context.tell(given);
                responder.respond('ok');
            },
            onClose: () => closed.tell(),
        }, [PropertyKeys.ALL_USER_PROPERTIES, '$Principal']);
        await client.messages.sendRequest('/h/deeper/', 'x');
        expect(await context.promise).toMatchObject({
            sessionId: client.sessionId, path: 'h/deeper', properties: { $Principal: 'client', Department: 'client' } });
        await registration.close();
        await closed.promise;
        expect((await failure(client.messages.sendRequest('h', 'x'))).reason.name).toBe('UNHANDLED_MESSAGE');
    });

    it('reaches a session', async () => {
        service.messages.setRequestStream('s', { onRequest: (path, request, responder) => responder.respond(`${path}: ${String(request)}`) });
        expect(await client.messages.sendRequest('s', 'x', service.sessionId)).toBe('s: x');
        const error = await failure(client.messages.sendRequest('s/deeper', 'x', service.sessionId));
        expect(error.reason).toBe(ErrorReason.UNHANDLED_MESSAGE);
        expect(error.message).toBe(`Session ${service.sessionId} has no registered streams for message sent to path 's/deeper'`);
        service.messages.removeRequestStream('s');
        expect((await failure(client.messages.sendRequest('s', 'x', service.sessionId))).reason.name).toBe('UNHANDLED_MESSAGE');
        expect((await failure(client.messages.sendRequest('s', 'x', 'ffffffffffffffff-ffffffffffffffff'))).reason.name).toBe('NO_SUCH_SESSION');
    });

    it('reaches the sessions that a filter selects', async () => {
        service.messages.setRequestStream('f', { onRequest: (_path, request, responder) => responder.respond(request) });
        const answers = new Map<string, unknown>();
        const all = new Told<void>();
        const take = (id: string, answer: unknown): void => {
            answers.set(id, answer);
            if (answers.size === 2)
                all.tell();
        };
        const count = await client.messages.sendRequestToFilter(`$Principal in ['service', '${escape('client')}']`, 'f', { a: 1 }, {
            onResponse: take,
            onResponseError: (id, error) => take(id, (error as RabbitBridgeError).reason.name),
        });
        expect(count).toBe(2);
        await all.promise;
        expect(answers).toEqual(new Map<string, unknown>([[service.sessionId, { a: 1 }], [client.sessionId, 'UNHANDLED_MESSAGE']]));
        const callback = { onResponse: () => undefined, onResponseError: () => undefined };
        expect(await client.messages.sendRequestToFilter("$Principal is 'nobody'", 'f', 1, callback)).toBe(0);
        expect((await failure(client.messages.sendRequestToFilter('nonsense', 'f', 1, callback))).reason.name).toBe('INVALID_FILTER');
    });

    it('tells why requests fail', async () => {
        const errors: unknown[] = [];
        const onError = (error: unknown): void => void errors.push((error as Error).message);
        await service.messages.addRequestHandler('reject', { onRequest: (_request, _context, responder) => responder.reject('not today') });
        await service.messages.addRequestHandler('throw', { onRequest: () => { throw new Error('secret'); }, onError });
        await service.messages.addRequestHandler('typed', { onRequest: () => undefined, onError }, null, 'int64');
        await service.messages.addRequestHandler('silent', { onRequest: () => undefined });
        const reason = async (path: string, value: unknown, timeout?: number): Promise<[string, string]> => {
            const error = await failure(client.messages.sendRequest(path, value, null, null, null, timeout === undefined ? {} : { timeout }));
            return [error.reason.name, error.message];
        };
        expect(await reason('reject', 1)).toEqual(['REJECTED_REQUEST', 'not today']);
        const [name, message] = await reason('throw', 1);
        expect(name).toBe('CALLBACK_EXCEPTION');
        expect(message).not.toContain('secret');
        expect((await reason('typed', 'x'))[0]).toBe('INCOMPATIBLE_DATATYPE');
        expect((await reason('silent', 'x', 50))[0]).toBe('REQUEST_TIME_OUT');
        expect((await reason('nobody', 'x'))[0]).toBe('UNHANDLED_MESSAGE');
        expect((await reason('typed', null))[0]).toBe('INVALID_DATA');
        expect((await failure(service.messages.addRequestHandler('silent', { onRequest: () => undefined }))).reason.name).toBe('HANDLER_CONFLICT');
        expect(errors).toHaveLength(2);
    });

    it('cancels', async () => {
        const came = new Told<AbortSignal>();
        await service.messages.addRequestHandler('slow', { onRequest: (_request, _context, responder) => came.tell(responder.signal) });
        const abort = new AbortController();
        const response = client.messages.sendRequest('slow', 'x', null, null, null, { signal: abort.signal });
        const signal = await came.promise;
        abort.abort(new Error('enough'));
        await expect(response).rejects.toThrow('enough');
        if (!signal.aborted)
            await new Promise(resolve => signal.addEventListener('abort', resolve));
    });

    it('ends requests of a session that closes', async () => {
        const came = new Told<void>();
        const closed = new Told<void>();
        await service.messages.addRequestHandler('slow', { onRequest: () => came.tell(), onClose: () => closed.tell() });
        const response = failure(client.messages.sendRequest('slow', 'x'));
        await came.promise;
        await service.close();
        expect((await response).reason.name).toBe('SESSION_CLOSED');
        await closed.promise;
    });

    it('changes sessions, and hears of them', async () => {
        const told: unknown[] = [];
        const listener = await client.sessions.addListener({
            onOpened: (id, properties) => told.push(['opened', id, properties]),
            onPropertiesChanged: (id, properties, previous) => told.push(['changed', id, properties, previous]),
            onClosed: (id, properties, reason) => told.push(['closed', id, properties, reason.name]),
        }, { filter: "$Principal is 'service'", properties: ['Department'] });
        await eventually('the listener is told of what is open', () => Promise.resolve(told.length > 0));
        expect(told.splice(0)).toEqual([['opened', service.sessionId, { Department: 'service' }]]);
        expect(await client.sessions.setProperties(service.sessionId, { Department: 'Accounts', New: 'x' })).toEqual({ Department: 'service', New: null });
        await eventually('the session knows', () => Promise.resolve(service.properties['Department'] === 'Accounts'));
        expect(await client.sessions.setProperties("$Principal is 'service'", { New: null })).toBe(1);
        expect(await client.sessions.changeRoles(service.sessionId, [], ['auditor'])).toBe(1);
        expect(await client.sessions.changeRoles("hasRoles 'auditor'", ['auditor'], [])).toBe(1);
        await eventually('the listener is told', () => Promise.resolve(told.length > 0));
        expect(told[0]).toMatchObject(['changed', service.sessionId, { Department: 'Accounts' }, { Department: 'service' }]);
        await service.close();
        await eventually('the listener hears of the end', () => Promise.resolve(told.some(each => (each as unknown[])[0] === 'closed')));
        await listener.close();
    });

    it('closes others, who are told why', async () => {
        const reason = new Promise(resolve => { service.on('close', why => { resolve(why.name); }); });
        expect(await client.sessions.close("$Principal is 'service'")).toBe(1);
        expect(await reason).toBe('CLOSED_BY_CONTROLLER');
        expect((await failure(client.sessions.close(service.sessionId))).reason.name).toBe('NO_SUCH_SESSION');
    });

    it('carries many at once, in large pieces', async () => {
        await service.messages.addRequestHandler('echo', { onRequest: (request, _context, responder) => responder.respond(request) });
        const values = Array.from({ length: 500 }, (_x, i) => `${i} ${'x'.repeat(i * 4)}`);
        expect(await Promise.all(values.map(value => client.messages.sendRequest('echo', value)))).toEqual(values);
    });

    it('refuses what is too large, and lives on', async () => {
        await service.messages.addRequestHandler('echo', { onRequest: (request, _context, responder) => responder.respond(request) });
        expect((await failure(client.messages.sendRequest('echo', 'x'.repeat(8 * 1024 * 1024 + 1)))).reason.name).toBe('INVALID_DATA');
        expect(await client.messages.sendRequest('echo', 'x')).toBe('x');
    });
});

describe('connecting', () => {
    it('finds the gateway among addresses', async () => {
        const session = await connect({ addresses: ['http://127.0.0.1:1', gateway.address.replace('http', 'ws') + '/'] });
        expect(session.principal).toBe('');
        const closed = event(session, 'close');
        await session.close();
        expect((await closed)[0].name).toBe('CLOSED_BY_CLIENT');
    });

    it.each<[string, RegExp, string]>([
        ['WebSockets', /upgrade: websocket/i, 'OTHER'],
        ['WebSockets nor server-sent events', /upgrade: websocket|accept: text\/event-stream/i, 'HTTP_LONG_POLL'],
    ])('finds a way where %s do not get through', async (_, refused, transport) => {
        const proxy = await TcpProxy.start(gateway.port, refused);
        try {
            // Server-sent events carry text only.
            const session = await connect({ addresses: proxy.address, protocol: 'json' });
            expect(session.properties['$Transport']).toBe(transport);
            session.messages.setRequestStream('s', { onRequest: (_path, request, responder) => responder.respond(request) });
            expect(await session.messages.sendRequest('s', 'x', session.sessionId)).toBe('x');
            await session.close();
        } finally {
            await proxy.stop();
        }
    });

    it('fails where nobody listens', async () => {
        expect((await failure(connect({ addresses: 'http://127.0.0.1:1' }))).reason.name).toBe('COMMUNICATION_FAILURE');
    });
});
