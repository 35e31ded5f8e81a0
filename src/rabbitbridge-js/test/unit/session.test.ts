import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { datatypes, ErrorReason, type RabbitBridgeError, type RequestStream, type Session } from '../../src/index.js';
import { event, failure } from '../support/conditions.js';
import { connectTo, FakeGateway } from './fake-gateway.js';
import { utf8 } from './fixtures.js';

const OTHER = '0000000000000001-0000000000000002';

let gateway: FakeGateway;
let session: Session;

beforeEach(async () => {
    gateway = new FakeGateway();
    session = await connectTo([gateway]);
});

afterEach(async () => {
    vi.useRealTimers();
    await session.close();
});

function deliver(id: number, path: string, branch: string | null, content: readonly [string, Uint8Array] = ['text/plain', utf8('x')]): void {
    gateway.send(gateway.last, [12, id, path, branch, OTHER, { Department: 'Accounts' }, 0, ...content, null]);
}

describe('opening', () => {
    it('says who comes and knows who is there', async () => {
        const other = await connectTo([gateway], { principal: 'ann', credentials: 'secret' });
        expect(gateway.opens.at(-1)).toMatchObject({
            version: 1, clientType: 'JAVASCRIPT_NODE', principal: 'ann', password: 'secret', token: null, properties: null, resume: null });
        expect(other.principal).toBe('ann');
        expect(other.sessionId).toBe(gateway.last.id);
        expect(other.properties).toEqual({ $SessionId: gateway.last.id });
        expect(other.isClosed()).toBe(false);
        await other.close();
        expect(other.isClosed()).toBe(true);
    });

    it('asks for a token for each session', async () => {
        let tokens = 0;
        const other = await connectTo([gateway], { token: async () => `token ${++tokens}` });
        const failedOver = event(other, 'failover');
        const lost = gateway.last;
        gateway.sessions.delete(lost.id);
        gateway.cut(lost);
        await failedOver;
        expect(gateway.opens.slice(1).map(open => open.token)).toEqual(['token 1', null, 'token 2']);
        await other.close();
    });

    it('is refused for the reason that the gateway gives, and asks no other gateway', async () => {
        const [denies, lets] = [new FakeGateway(), new FakeGateway('b')];
        denies.refusal = { reason: 103, message: 'no' };
        expect((await failure(connectTo([denies, lets]))).reason).toBe(ErrorReason.ACCESS_DENIED);
        expect(lets.opens).toHaveLength(0);
    });

    it('goes to the next address', async () => {
        const down = new FakeGateway('b');
        down.isUp = false;
        const other = await connectTo([down, gateway]);
        expect(other.sessionId).toBe(gateway.last.id);
        await other.close();
    });

    it('fails when nobody answers', async () => {
        gateway.isUp = false;
        const other = new FakeGateway('b');
        other.isUp = false;
        const error = await failure(connectTo([gateway, other]));
        expect(error.reason).toBe(ErrorReason.COMMUNICATION_FAILURE);
        // Each address, with what is wrong with it (F12).
        expect(error.message).toMatch(/a is down.*b is down/);
        gateway.isUp = true;
    });

    it.each([{ addresses: [] }, { addresses: 'gateway' }, { addresses: 'ftp://x' }, { protocol: 'x' }, { transport: 'x' }, { requestTimeout: -1 }, { reconnect: { timeout: NaN } }])(
        'refuses %j', async options => expect((await failure(connectTo([gateway], options as never))).reason).toBe(ErrorReason.INVALID_DATA));
});

describe('requests', () => {
    it('go out and come back', async () => {
        const response = session.messages.sendRequest('/a/b/', 'hi', OTHER, undefined, undefined, { timeout: 500, traceParent: 't' });
        const request = await gateway.said(1);
        expect(request).toEqual([1, expect.any(Number), 'a/b', OTHER, 500, 'text/plain', utf8('hi'), 't']);
        gateway.send(gateway.last, [4, request[1], 'text/plain', utf8('ho')]);
        expect(await response).toBe('ho');
    });

    it('take a data type in the place of the target, as in the originals example', async () => {
        const response = session.messages.sendRequest('test/path', datatypes.json().from({ foo: 'bar' }), datatypes.json());
        const request = await gateway.said(1);
        expect(request.slice(2)).toEqual(['test/path', null, null, 'application/json', utf8('{"foo":"bar"}'), null]);
        gateway.send(gateway.last, [4, request[1], 'application/json', utf8('{"a":1}')]);
        expect(await response).toEqual({ a: 1 });
    });

    it.each<[string, unknown[], string | null, string]>([
        ['after the request', [{ timeout: 300 }], null, 'text/plain'],
        ['after a target', [OTHER, { timeout: 300 }], OTHER, 'text/plain'],
        ['after a target that is an object', [{ toString: () => OTHER }, { timeout: 300 }], OTHER, 'text/plain'],
        ['after no target', [null, { timeout: 300 }], null, 'text/plain'],
        ['after a type', [datatypes.binary(), { timeout: 300 }], null, 'application/octet-stream'],
        ['after two types', [datatypes.binary(), 'binary', { timeout: 300 }], null, 'application/octet-stream'],
        ['after a target and a type', [OTHER, 'binary', { timeout: 300 }], OTHER, 'application/octet-stream'],
        ['in their own place', [OTHER, 'binary', 'binary', { timeout: 300 }], OTHER, 'application/octet-stream'],
        ['without a prototype', [Object.assign(Object.create(null), { timeout: 300 })], null, 'text/plain'],
    ])('find options that are last: %s (F7)', async (_, rest, target, contentType) => {
        const value = contentType === 'text/plain' ? 'x' : utf8('x');
        const response = session.messages.sendRequest('slow', value, ...rest as []);
        const request = await gateway.said(1);
        expect(request.slice(2)).toEqual(['slow', target, 300, contentType, utf8('x'), null]);
        gateway.send(gateway.last, [4, request[1], 'text/plain', utf8('y')]);
        await response;
    });

    it('refuse a time that is none wherever the options are (F7)', async () => {
        expect((await failure(session.messages.sendRequest('slow', 'x', { timeout: -1 }))).reason.name).toBe('INVALID_DATA');
        expect((await failure(session.messages.sendRequest('slow', 'x', OTHER, { timeout: -1 }))).reason.name).toBe('INVALID_DATA');
        const callback = { onResponse: () => undefined, onResponseError: () => undefined };
        expect((await failure(session.messages.sendRequestToFilter('all', 'a', 'x', callback, { timeout: -1 }))).reason.name).toBe('INVALID_DATA');
        expect((await failure(session.messages.sendRequestToFilter('all', 'a', 'x', callback, 'string', { timeout: -1 }))).reason.name).toBe('INVALID_DATA');
        expect(gateway.messages).toEqual([]);
    });

    it('fail for the reason that the gateway gives', async () => {
        const response = session.messages.sendRequest('a', 1);
        gateway.send(gateway.last, [5, (await gateway.said(1))[1], 109, 'nobody']);
        const error = await failure(response);
        expect(error.reason).toEqual({ id: 109, name: 'UNHANDLED_MESSAGE' });
        expect(error.message).toBe('nobody');
    });

    it.each<[string, unknown[], string]>([
        ['null', ['a', null], 'INVALID_DATA'],
        ['undefined', ['a', undefined], 'INVALID_DATA'],
        ['a path that is null', [null, 'x'], 'INVALID_PATH'],
        ['the root', ['/', 'x'], 'INVALID_PATH'],
        ['a target that is no session', ['a', 'x', 'all'], 'INVALID_DATA'],
        ['a type that is none', ['a', 'x', null, 'yaml'], 'INVALID_DATA'],
        ['what is larger than the gateway takes', ['a', 'x'.repeat(1001)], 'INVALID_DATA'],
        ['a time that is none', ['a', 'x', null, null, null, { timeout: -1 }], 'INVALID_DATA'],
    ])('refuse %s', async (_, args, reason) => {
        expect((await failure(session.messages.sendRequest(...args as [string, unknown]))).reason.name).toBe(reason);
        expect(gateway.messages).toEqual([]);
    });

    it.each<[string, string, string]>([['text/plain', 'int64', 'INCOMPATIBLE_DATATYPE'], ['application/vnd.rabbitbridge.int64', 'int64', 'INVALID_DATA']])(
        'fail if a response of type %s cannot be read as %s', async (contentType, type, reason) => {
            const response = session.messages.sendRequest('a', 1, null, null, type as 'int64');
            gateway.send(gateway.last, [4, (await gateway.said(1))[1], contentType, utf8('x')]);
            expect((await failure(response)).reason.name).toBe(reason);
        });

    it('end by the own clock when the gateway is silent', async () => {
        vi.useFakeTimers();
        const response = failure(session.messages.sendRequest('a', 1, null, null, null, { timeout: 500 }));
        const byDefault = failure(session.messages.sendRequest('a', 1));
        await vi.advanceTimersByTimeAsync(1_501);
        expect((await response).reason).toBe(ErrorReason.REQUEST_TIME_OUT);
        await vi.advanceTimersByTimeAsync(9_500);
        expect((await byDefault).reason).toBe(ErrorReason.REQUEST_TIME_OUT);
        expect((await gateway.said(3, 2))[1]).toBe(2);
    });

    it('end when their signal says so, and the gateway is told', async () => {
        const abort = new AbortController();
        const response = session.messages.sendRequest('a', 1, null, null, null, { signal: abort.signal });
        const request = await gateway.said(1);
        abort.abort(new Error('enough'));
        await expect(response).rejects.toThrow('enough');
        expect(await gateway.said(3)).toEqual([3, request[1]]);
        await expect(session.messages.sendRequest('a', 1, null, null, null, { signal: abort.signal })).rejects.toThrow('enough');
    });
});

describe('handlers and streams', () => {
    it('answer', async () => {
        const contexts: unknown[] = [];
        await session.messages.addRequestHandler('/a/', {
            onRequest: (request, context, responder) => {
                contexts.push(context);
                responder.respond({ got: request });
            },
        }, ['Department']);
        expect(await gateway.said(10)).toEqual([10, expect.any(Number), 'a', ['Department'], false]);
        deliver(7, 'a/b', 'a');
        expect(await gateway.said(4)).toEqual([4, 7, 'application/json', utf8('{"got":"x"}')]);
        expect(contexts).toEqual([{ sessionId: OTHER, path: 'a/b', properties: { Department: 'Accounts' }, traceParent: undefined }]);
    });

    it('reject, throw, and fail later', async () => {
        const errors: unknown[] = [];
        const onError = (error: unknown): void => void errors.push((error as Error).message);
        session.messages.setRequestStream('rejects', { onRequest: (_path, _request, responder) => responder.reject('no'), onError });
        session.messages.setRequestStream('throws', { onRequest: () => { throw new Error('secret'); }, onError });
        session.messages.setRequestStream('later', { onRequest: async () => { throw new Error('late'); }, onError });
        deliver(1, 'rejects', null);
        expect(await gateway.said(5)).toEqual([5, 1, 9003, 'no']);
        deliver(2, 'throws', null);
        expect(await gateway.said(5, 2)).toEqual([5, 2, 105, "The handler for 'throws' failed."]);
        deliver(3, 'later', null);
        expect(await gateway.said(5, 3)).toEqual([5, 3, 105, "The handler for 'later' failed."]);
        deliver(4, 'nobody', null);
        expect(await gateway.said(5, 4)).toEqual([5, 4, 109, `Session ${session.sessionId} has no registered streams for message sent to path 'nobody'`]);
        expect(errors).toEqual(['secret', 'late']);
    });

    it('tell the sender what they cannot read', async () => {
        const errors: unknown[] = [];
        session.messages.setRequestStream('a', {
            onRequest: () => { throw new Error('not called'); },
            onError: error => errors.push((error as RabbitBridgeError).reason.name),
        }, datatypes.int64());
        deliver(1, 'a', null);
        expect((await gateway.said(5))[2]).toBe(108);
        deliver(2, 'a', null, ['application/vnd.rabbitbridge.int64', utf8('x')]);
        expect((await gateway.said(5, 2))[2]).toBe(106);
        expect(errors).toEqual(['INCOMPATIBLE_DATATYPE', 'INVALID_DATA']);
    });

    it('answer once', async () => {
        const seconds: unknown[] = [];
        session.messages.setRequestStream('a', {
            onRequest: (_path, _request, responder) => {
                responder.respond(1);
                for (const again of [() => responder.respond(2), () => responder.reject('no')]) {
                    try {
                        again();
                    } catch (error) {
                        seconds.push((error as RabbitBridgeError).reason.name);
                    }
                }
            },
        });
        deliver(1, 'a', null);
        await gateway.said(4);
        expect(seconds).toEqual(['INCOMPATIBLE_STATE', 'INCOMPATIBLE_STATE']);
    });

    it('say 106 for a value that cannot be written or is too large (S34)', async () => {
        const errors: unknown[] = [];
        const onError = (error: unknown): void => void errors.push((error as RabbitBridgeError).reason.name);
        session.messages.setRequestStream('a', { onRequest: (_path, _request, responder) => responder.respond(null), onError });
        session.messages.setRequestStream('b', { onRequest: (_path, _request, responder) => responder.respond('x'.repeat(1001)), onError });
        session.messages.setRequestStream('c', { onRequest: (_path, _request, responder) => responder.respond('x'), onError }, null, datatypes.int64());
        deliver(1, 'a', null);
        deliver(2, 'b', null);
        deliver(3, 'c', null);
        await gateway.said(5, 3);
        expect(gateway.messages.map(message => message.slice(0, 3))).toEqual([[5, 1, 106], [5, 2, 106], [5, 3, 106]]);
        expect(errors).toEqual(['INVALID_DATA', 'INVALID_DATA', 'INVALID_DATA']);
    });

    it('hear that nobody waits any more, and what they answer then is dropped', async () => {
        const aborted = new Promise<void>(resolve => session.messages.setRequestStream('a', {
            onRequest: (_path, _request, responder) => responder.signal.addEventListener('abort', () => {
                responder.respond('late');
                resolve();
            }),
        }));
        deliver(1, 'a', null);
        gateway.send(gateway.last, [3, 1]);
        await aborted;
        deliver(2, 'nobody', null);
        await gateway.said(5);
        expect(gateway.messages.filter(message => message[0] === 4)).toEqual([]);
    });

    it('close once: when they are removed or replaced, or with the session', async () => {
        const closed: string[] = [];
        const stream = (name: string) => ({ onRequest: () => undefined, onClose: () => closed.push(name) });
        const [a, b, c] = [stream('a'), stream('b'), stream('c')];
        expect(session.messages.setRequestStream('x', a)).toBeUndefined();
        expect(session.messages.setRequestStream('/x', b)).toBe(a);
        expect(session.messages.removeRequestStream('x/')).toBe(b);
        expect(session.messages.removeRequestStream('x')).toBeUndefined();
        session.messages.setRequestStream('x', c);
        const first = await session.messages.addRequestHandler('h', stream('first'));
        await session.messages.addRequestHandler('i', stream('second'));
        await Promise.all([first.close(), first.close()]);
        expect(closed).toEqual(['a', 'b', 'first']);
        await session.close();
        await first.close();
        expect(closed).toEqual(['a', 'b', 'first', 'second', 'c']);
    });

    it('are one for each path', async () => {
        const handler = { onRequest: () => undefined };
        const registration = await session.messages.addRequestHandler('h', handler);
        expect((await failure(session.messages.addRequestHandler('h', handler))).reason).toBe(ErrorReason.HANDLER_CONFLICT);
        void registration.close();
        await (await session.messages.addRequestHandler('h', handler)).close();
    });

    it('are not there if the gateway refuses', async () => {
        gateway.answer = (message, remote) => gateway.send(remote, [5, message[1], 103, 'no']);
        expect((await failure(session.messages.addRequestHandler('h', { onRequest: () => undefined }))).reason).toBe(ErrorReason.ACCESS_DENIED);
        deliver(1, 'h', 'h');
        expect((await gateway.said(5))[2]).toBe(109);
    });
});

describe('filters', () => {
    function send(options?: { timeout?: number; signal?: AbortSignal }): { count: Promise<number>; told: unknown[] } {
        const told: unknown[] = [];
        const count = session.messages.sendRequestToFilter('all', 'a', 1, {
            onResponse: (id, response) => told.push([id, response]),
            onResponseError: (id, error) => told.push([id, (error as RabbitBridgeError).reason.name]),
            onError: error => told.push((error as RabbitBridgeError).reason.name),
        }, null, datatypes.json(), options);
        return { count, told };
    }

    it('give answers before and after the count', async () => {
        const { count, told } = send();
        const id = (await gateway.said(2))[1];
        gateway.send(gateway.last, [6, id, OTHER, 'application/json', utf8('{"a":1}')], [8, id, 3], [7, id, 's2', 109, 'no'], [6, id, 's3', 'application/octet-stream', utf8('1')],
            [6, id, 's4', 'application/json', utf8('1')]);
        expect(await count).toBe(3);
        expect(told).toEqual([[OTHER, { a: 1 }], ['s2', 'UNHANDLED_MESSAGE'], ['s3', 'INCOMPATIBLE_DATATYPE']]);
    });

    it('ask for more when so many have been taken', async () => {
        const { count } = send();
        const id = (await gateway.said(2))[1];
        gateway.send(gateway.last, [8, id, 200]);
        expect(await count).toBe(200);
        for (let i = 0; i < 199; i++)
            gateway.send(gateway.last, [6, id, OTHER, 'application/json', utf8('1')]);
        expect(await gateway.said(9, 3)).toEqual([9, id, 64]);
        expect(gateway.messages.filter(message => message[0] === 9)).toHaveLength(3);
    });

    it('fail before the count, and tell of what is lost after it', async () => {
        const before = send();
        gateway.send(gateway.last, [5, (await gateway.said(2))[1], 20005, 'no filter']);
        expect((await failure(before.count)).reason).toBe(ErrorReason.INVALID_FILTER);
        const after = send();
        gateway.send(gateway.last, [8, (await gateway.said(2, 2))[1], 1]);
        expect(await after.count).toBe(1);
        await session.close();
        expect(before.told).toEqual([]);
        expect(after.told).toEqual(['SESSION_CLOSED']);
    });

    it('ask for more when so many bytes have been taken, read or not', async () => {
        const { count } = send();
        const id = (await gateway.said(2))[1];
        const value = new Uint8Array(300_000);
        gateway.send(gateway.last, [8, id, 60], ...['a', 'b', 'c'].map(session => [6, id, session, 'application/octet-stream', value]));
        expect(await count).toBe(60);
        expect(gateway.messages.some(message => message[0] === 9)).toBe(false);
        gateway.send(gateway.last, [7, id, 'd', 109, 'no'], [6, id, 'e', 'application/octet-stream', value]);
        expect(await gateway.said(9)).toEqual([9, id, 5]);
        gateway.send(gateway.last, [6, id, 'f', 'application/octet-stream', new Uint8Array(2_000_000)]);
        expect(await gateway.said(9, 2)).toEqual([9, id, 1]);
    });

    it('tell what has been taken when the gateway asks', async () => {
        const { count } = send();
        const id = (await gateway.said(2))[1];
        gateway.send(gateway.last, [8, id, 60], [7, id, 'a', 20005, 'full'], [7, id, 'b', 20005, 'full'], [9, id, 0]);
        expect(await count).toBe(60);
        expect(await gateway.said(9)).toEqual([9, id, 2]);
        gateway.send(gateway.last, [9, id, 0], [9, (id as number) + 1, 0], [7, id, 'c', 20005, 'full']);
        expect(await gateway.said(9, 2)).toEqual([9, id, 1]);
    });

    it('leave nothing behind that cannot be sent', async () => {
        vi.useFakeTimers();
        const callback = { onResponse: () => undefined, onResponseError: () => undefined };
        await expect(session.messages.sendRequestToFilter('all', 'a', 1, callback, null, null, { traceParent: Symbol('x') as never })).rejects.toThrow();
        expect(vi.getTimerCount()).toBe(0);
    });

    it('are quiet after their signal', async () => {
        const abort = new AbortController();
        const { count, told } = send({ signal: abort.signal });
        const id = (await gateway.said(2))[1];
        gateway.send(gateway.last, [8, id, 2]);
        expect(await count).toBe(2);
        abort.abort();
        gateway.send(gateway.last, [6, id, OTHER, 'application/json', utf8('1')]);
        expect(await gateway.said(3)).toEqual([3, id]);
        expect(told).toEqual([]);
    });
});

describe('sessions', () => {
    it('change', async () => {
        gateway.answer = (message, remote) => gateway.send(remote, message[2] === null || message[0] === 13
            ? [4, message[1], 'application/json', utf8(message[2] === null ? '5' : '{"a":null}')]
            : [4, message[1], null, null]);
        expect(await session.sessions.setProperties(OTHER, { a: 'b' })).toEqual({ a: null });
        expect(await session.sessions.setProperties('all', { a: null })).toBe(5);
        expect(await session.sessions.changeRoles(OTHER, [], ['x'])).toBe(1);
        expect(await session.sessions.changeRoles('all', ['x'], [])).toBe(5);
        expect(await session.sessions.close(OTHER)).toBe(1);
        expect(await session.sessions.close('all')).toBe(5);
        expect(gateway.messages.map(message => message.slice(2))).toEqual([
            [OTHER, null, { a: 'b' }], [null, 'all', { a: null }], [OTHER, null, [], ['x']], [null, 'all', ['x'], []], [OTHER, null], [null, 'all']]);
        gateway.send(gateway.last, [18, { $SessionId: 'x', Department: 'Accounts' }], [12, 1, 'a', null, null, null, 0, 'text/plain', utf8('x'), null]);
        await gateway.said(5);
        expect(session.properties).toEqual({ $SessionId: 'x', Department: 'Accounts' });
    });

    it('are listened to, and a new session tells what has changed meanwhile', async () => {
        const told: unknown[] = [];
        const listener = await session.sessions.addListener({
            onOpened: (id, properties) => told.push(['opened', id, properties]),
            onPropertiesChanged: (id, properties, previous) => told.push(['changed', id, properties, previous]),
            onClosed: (id, properties, reason) => told.push(['closed', id, properties, reason.name]),
        }, { filter: 'has x', properties: ['x'] });
        const add = await gateway.said(15);
        expect(add.slice(2)).toEqual(['has x', ['x']]);
        const id = add[1];
        gateway.send(gateway.last, [17, id, 's1', 1, { x: '1' }, null, 0], [17, id, 's2', 1, { x: '1' }, null, 0], [17, id, 's3', 1, { x: '1' }, null, 0],
            [17, id, 's3', 2, { x: '2' }, { x: '1' }, 0], [17, id, 's3', 3, { x: '2' }, null, 4]);
        expect(told.splice(0)).toEqual([['opened', 's1', { x: '1' }], ['opened', 's2', { x: '1' }], ['opened', 's3', { x: '1' }],
            ['changed', 's3', { x: '2' }, { x: '1' }], ['closed', 's3', { x: '2' }, 'CLOSED_BY_CLIENT']]);

        gateway.answer = (message, remote) => message[0] === 15 && gateway.send(remote,
            [17, message[1], 's1', 1, { x: '2' }, null, 0], [17, message[1], 's4', 1, {}, null, 0], [4, message[1], null, null]);
        const failedOver = event(session, 'failover');
        const lost = gateway.last;
        gateway.sessions.delete(lost.id);
        gateway.cut(lost);
        await failedOver;
        expect(told).toEqual([['changed', 's1', { x: '2' }, { x: '1' }], ['opened', 's4', {}], ['closed', 's2', { x: '1' }, 'CONNECTION_LOST']]);
        await listener.close();
        expect((await gateway.said(16))[1]).toBe((await gateway.said(15, 2))[1]);
    });
});

describe('a lost connection', () => {
    it('is resumed with nothing lost or doubled', async () => {
        const requests: unknown[] = [];
        session.messages.setRequestStream('a', {
            onRequest: (_path, request, responder) => {
                requests.push(request);
                responder.respond('ok');
            },
        });
        gateway.isDeaf = true;
        const response = session.messages.sendRequest('b', 'hi');
        await new Promise(resolve => setImmediate(resolve));
        gateway.isDeaf = false;
        const remote = gateway.last;
        const [disconnected, reconnected] = [event(session, 'disconnect'), event(session, 'reconnect')];
        gateway.cut(remote);
        deliver(1, 'a', null);
        deliver(2, 'a', null);
        const meanwhile = session.messages.sendRequest('b', 'hey');
        await disconnected;
        await reconnected;
        await gateway.said(1, 2);
        await gateway.said(4, 2);
        expect(requests).toEqual(['x', 'x']);
        const asked = gateway.messages.filter(message => message[0] === 1);
        expect(asked.map(message => message[6])).toEqual([utf8('hi'), utf8('hey')]);
        gateway.send(remote, ...asked.map(message => [4, message[1], 'text/plain', utf8('ho')]));
        expect(await Promise.all([response, meanwhile])).toEqual(['ho', 'ho']);
        expect(session.sessionId).toBe(remote.id);
        expect(gateway.sessions.size).toBe(1);
    });

    it('with a gap in it is given up and resumed', async () => {
        const reconnected = event(session, 'reconnect');
        const remote = gateway.last;
        session.messages.setRequestStream('a', { onRequest: (_path, _request, responder) => responder.respond('ok') });
        const { connection } = remote;
        remote.connection = undefined;
        deliver(1, 'a', null);
        remote.connection = connection;
        deliver(2, 'a', null);
        await reconnected;
        await gateway.said(4, 2);
        expect(gateway.opens.at(-1)!.resume).toMatchObject({ session: remote.id, received: 0 });
    });

    it('that brings what cannot be read is not resumed', async () => {
        const failedOver = event(session, 'failover');
        gateway.last.connection!.deliver(utf8('rubbish'));
        await failedOver;
        expect(gateway.opens.at(-1)!.resume).toBeNull();
    });

    it('to a gateway that is gone becomes a new session at the next one, with handlers', async () => {
        const other = new FakeGateway('b');
        const client = await connectTo([gateway, other]);
        const closed: string[] = [];
        await client.messages.addRequestHandler('h', { onRequest: (_request, _context, responder) => responder.respond('ok'), onClose: () => closed.push('h') });
        client.messages.setRequestStream('s', { onRequest: () => undefined, onClose: () => closed.push('s') });
        let signal: AbortSignal | undefined;
        client.messages.setRequestStream('slow', { onRequest: (_path, _request, responder) => { signal = responder.signal; } });
        deliver(5, 'slow', null);
        const pending = failure(client.messages.sendRequest('x', 1));
        await gateway.said(1);
        const before = client.sessionId;
        const failedOver = event(client, 'failover');
        gateway.die();
        expect((await pending).reason).toBe(ErrorReason.COMMUNICATION_FAILURE);
        expect(await failedOver).toEqual([other.last.id, before]);
        expect(client.sessionId).toBe(other.last.id);
        expect(signal!.aborted).toBe(true);
        other.send(other.last, [12, 1, 'h/x', 'h', null, null, 0, 'text/plain', utf8('x'), null]);
        expect((await other.said(4))[1]).toBe(1);
        expect(closed).toEqual([]);
        await client.close();
        expect(closed).toEqual(['h', 's']);
        gateway.isUp = true;
    });

    it('ends handlers that the next gateway refuses', async () => {
        const told: unknown[] = [];
        await session.messages.addRequestHandler('h', {
            onRequest: () => undefined, onError: error => told.push((error as RabbitBridgeError).reason.name), onClose: () => told.push('closed') });
        gateway.answer = (message, remote) => gateway.send(remote, [5, message[1], 103, 'no']);
        const failedOver = event(session, 'failover');
        const remote = gateway.last;
        gateway.sessions.delete(remote.id);
        gateway.cut(remote);
        await failedOver;
        expect(told).toEqual(['ACCESS_DENIED', 'closed']);
    });

    it('tells of handlers that the next gateway refuses, whoever hears it', async () => {
        const told: unknown[] = [];
        session.on('error', error => told.push((error as RabbitBridgeError).reason.name));
        await session.messages.addRequestHandler('h', { onRequest: () => undefined });
        gateway.answer = (message, remote) => gateway.send(remote, [5, message[1], 103, 'no']);
        const failedOver = event(session, 'failover');
        const remote = gateway.last;
        gateway.sessions.delete(remote.id);
        gateway.cut(remote);
        await failedOver;
        expect(told).toEqual(['ACCESS_DENIED']);
    });

    it('ends nothing that the next session was about to register when it was lost as well', async () => {
        vi.useFakeTimers();
        const told: unknown[] = [];
        session.on('error', error => told.push(error));
        await session.messages.addRequestHandler('h', { onRequest: () => undefined, onError: error => told.push(error), onClose: () => told.push('closed') });
        await session.sessions.addListener({});
        const { answer } = gateway;
        gateway.answer = () => undefined;
        const lost = gateway.last;
        gateway.sessions.delete(lost.id);
        gateway.cut(lost);
        await Promise.all([gateway.said(10, 2), gateway.said(15, 2)]);
        gateway.die();
        // Longer than what is asked of a gateway may take, and not so long that no other one is looked for.
        await vi.advanceTimersByTimeAsync(30_000);
        expect(told).toEqual([]);
        gateway.answer = answer;
        gateway.isUp = true;
        const failedOver = event(session, 'failover');
        await vi.advanceTimersByTimeAsync(10);
        await failedOver;
        await Promise.all([gateway.said(10, 3), gateway.said(15, 3)]);
    });

    it('ends the session if there is no other one in time, or none is wanted', async () => {
        for (const reconnect of [false, { timeout: 20, minDelay: 1, maxDelay: 5 }]) {
            const target = new FakeGateway('b');
            const client = await connectTo([target], { reconnect });
            const closed = event(client, 'close');
            const pending = failure(client.messages.sendRequest('x', 1));
            target.die();
            expect((await pending).reason).toBe(ErrorReason.SESSION_CLOSED);
            expect((await closed)[0]).toEqual({ id: 0, name: 'CONNECTION_LOST' });
            expect(client.isClosed()).toBe(true);
        }
    });

    it('is not looked for after close', async () => {
        vi.useFakeTimers();
        gateway.isUp = false;
        const opens = gateway.opens.length;
        gateway.cut();
        const pending = failure(session.messages.sendRequest('x', 1));
        await session.close();
        expect((await pending).reason).toBe(ErrorReason.SESSION_CLOSED);
        gateway.isUp = true;
        await vi.advanceTimersByTimeAsync(60_000);
        expect(gateway.opens).toHaveLength(opens);
    });

    it('with a frame that ends each connection does not go on for ever', async () => {
        const failedOver = event(session, 'failover');
        let resumptions = 0;
        session.on('reconnect', () => {
            resumptions++;
            gateway.cut();
        });
        gateway.isDeaf = true;
        const pending = failure(session.messages.sendRequest('x', 1));
        await new Promise(resolve => setImmediate(resolve));
        gateway.cut();
        expect((await pending).reason).toBe(ErrorReason.COMMUNICATION_FAILURE);
        await failedOver;
        expect(resumptions).toBe(6);
    });

    it('keeps requests from hanging', async () => {
        vi.useFakeTimers();
        gateway.isUp = false;
        gateway.cut();
        const pending = failure(session.messages.sendRequest('x', 1, null, null, null, { timeout: 100 }));
        await vi.advanceTimersByTimeAsync(1_101);
        expect((await pending).reason).toBe(ErrorReason.REQUEST_TIME_OUT);
    });
});

describe('the end', () => {
    it('is told by the client', async () => {
        const closed = event(session, 'close');
        await session.close();
        expect(gateway.messages).toEqual([[20]]);
        expect((await closed)[0].name).toBe('CLOSED_BY_CLIENT');
        expect((await failure(session.messages.sendRequest('x', 1))).reason).toBe(ErrorReason.SESSION_CLOSED);
        expect(() => session.messages.setRequestStream('x', { onRequest: () => undefined })).toThrow(/closed/);
        await session.close();
    });

    it('is told by the gateway', async () => {
        const closed = event(session, 'close');
        const pending = failure(session.messages.sendRequest('x', 1));
        await gateway.said(1);
        gateway.send(gateway.last, [19, 3, 'too slow']);
        expect((await pending).reason).toBe(ErrorReason.SESSION_CLOSED);
        expect(await closed).toEqual([{ id: 3, name: 'MESSAGE_QUEUE_LIMIT_REACHED' }, 'too slow']);
        expect(gateway.opens).toHaveLength(1);
    });

    it('of a gateway that is being stopped is none: another one takes over, and what is under way ends here (F2)', async () => {
        const other = new FakeGateway('b');
        const client = await connectTo([gateway, other]);
        const told: unknown[] = [];
        client.on('disconnect', () => told.push('disconnect'));
        await client.messages.addRequestHandler('h', { onRequest: (request, _context, responder) => responder.respond(request) });
        const here = gateway.last;
        const failedOver = event(client, 'failover');
        const [asked, unanswered] = [client.messages.sendRequest('x', 1), failure(client.messages.sendRequest('x', 2))];
        const id = (await gateway.said(1, 2))[1] as number;
        const opens = gateway.opens.length;

        gateway.send(here, [19, 12, 'stopping']);

        expect((await failedOver)[0]).toBe(other.last.id);
        expect(other.opens.at(-1)!.resume).toBeNull();
        expect(gateway.opens).toHaveLength(opens);
        // Registered there before it leaves here.
        expect(other.messages.map(message => message[0])).toEqual([10]);
        expect(await gateway.said(29)).toEqual([29, 1]);
        gateway.send(here, [12, 1, 'h', 'h', OTHER, {}, 0, 'text/plain', Buffer.from('late'), null], [4, id - 1, 'text/plain', Buffer.from('answer')]);
        expect(await asked).toBe('answer');
        expect((await gateway.said(4)).slice(0, 2)).toEqual([4, 1]);
        gateway.send(here, [19, 12, 'left']);
        expect((await unanswered).reason).toBe(ErrorReason.COMMUNICATION_FAILURE);
        expect(client.isClosed()).toBe(false);
        expect(told).toEqual([]);
        await client.close();
    });

    it('of a gateway that is being stopped stays where it is without another one', async () => {
        const other = new FakeGateway('b');
        other.refusal = { reason: 100, message: 'no' };
        const client = await connectTo([gateway, other]);
        const { sessionId } = client;
        const here = gateway.last;
        gateway.refusal = { reason: 100, message: 'stopping' };

        gateway.send(here, [19, 12, 'stopping']);

        expect(await gateway.said(29)).toEqual([29, 0]);
        const asked = client.messages.sendRequest('x', 1);
        gateway.send(here, [4, (await gateway.said(1))[1] as number, 'text/plain', Buffer.from('answer')]);
        expect(await asked).toBe('answer');
        expect(client.sessionId).toBe(sessionId);
        gateway.refusal = undefined;
        await client.close();
    });

    it('is not brought about by an application that throws', async () => {
        const errors: unknown[] = [];
        session.on('error', error => errors.push((error as Error).message));
        session.on('disconnect', () => { throw new Error('listener'); });
        session.messages.setRequestStream('a', { onRequest: () => { throw new Error('request'); }, onError: () => { throw new Error('onError'); } });
        session.messages.setRequestStream('b', { onRequest: () => { throw new Error('nobody hears'); } });
        deliver(1, 'a', null);
        deliver(2, 'b', null);
        await gateway.said(5, 2);
        const reconnected = event(session, 'reconnect');
        gateway.cut();
        await reconnected;
        expect(errors).toEqual(['onError', 'nobody hears', 'listener']);
    });
});

describe('callbacks that fail (S35)', () => {
    it('with a promise are reported as those that throw, and concern no others', async () => {
        const errors: unknown[] = [];
        const unhandled = vi.fn();
        process.on('unhandledRejection', unhandled);
        const closed: string[] = [];
        session.on('error', error => errors.push((error as Error).message));
        session.on('error', async () => { throw new Error('in error'); });
        const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
        const stream = (name: string): RequestStream => ({
            onRequest: async () => { throw new Error(`${name} request`); },
            onError: async () => { throw new Error(`${name} error`); },
            onClose: async () => { closed.push(name); throw new Error(`${name} close`); },
        });
        session.messages.setRequestStream('a', stream('a'));
        session.messages.setRequestStream('b', stream('b'));
        await session.sessions.addListener({ onOpened: async () => { throw new Error('opened'); } });
        const listener = (await gateway.said(15))[1];
        gateway.send(gateway.last, [17, listener, OTHER, 1, {}, {}, 0]);
        session.on('close', async () => { throw new Error('close 1'); });
        session.on('close', () => { throw new Error('close 2'); });
        session.on('close', () => closed.push('heard'));
        deliver(1, 'a', null);
        await session.close();

        await vi.waitFor(() => expect(errors.sort()).toEqual(['a close', 'a error', 'b close', 'close 1', 'close 2', 'opened']));
        expect(closed).toEqual(['a', 'b', 'heard']);
        await vi.waitFor(() => expect(logged).toHaveBeenCalledTimes(errors.length));
        await new Promise(resolve => setImmediate(resolve));
        expect(unhandled).not.toHaveBeenCalled();
        process.off('unhandledRejection', unhandled);
        logged.mockRestore();
    });
});

describe('closing inside a callback (S18)', () => {
    it.each(['handler', 'stream', 'close', 'onClose', 'disconnect'])('%s, and waiting for it, returns', async place => {
        const returned = new Promise<void>(resolve => {
            const closing = async (): Promise<void> => {
                await session.close();
                resolve();
            };
            if (place === 'close' || place === 'disconnect')
                session.on(place, closing);
            const callbacks = place === 'onClose' ? { onRequest: () => undefined, onClose: closing } : { onRequest: closing };
            session.messages.setRequestStream('a', callbacks);
        });
        if (place === 'disconnect')
            gateway.cut();
        else if (place === 'close' || place === 'onClose')
            void session.close();
        else
            deliver(1, 'a', null);
        await returned;
        expect(session.isClosed()).toBe(true);
    });
});

describe('one signal for many requests (S28)', () => {
    it('has one listener, and ends them all', async () => {
        const warned = vi.fn();
        process.on('warning', warned);
        const controller = new AbortController();
        const added = vi.spyOn(controller.signal, 'addEventListener');
        const calls = Array.from({ length: 12 }, () => session.messages.sendRequest('a', 1, null, null, null, { signal: controller.signal }));
        await gateway.until(() => gateway.messages.filter(message => message[0] === 1).length === 12);
        const enough = new Error('enough');
        controller.abort(enough);
        expect(await Promise.allSettled(calls)).toEqual(calls.map(() => ({ status: 'rejected', reason: enough })));
        await new Promise(resolve => setImmediate(resolve));
        expect(added).toHaveBeenCalledTimes(1);
        expect(warned).not.toHaveBeenCalled();
        process.off('warning', warned);
    });
});

describe('properties (F10)', () => {
    it.each(['$Principal', '$Roles', '$Own'])('refuse %s by its name', async key => {
        const error = await failure(session.sessions.setProperties(OTHER, { [key]: 'x' }));
        expect(error.reason).toBe(ErrorReason.INVALID_DATA);
        expect(error.message).toContain(`'${key}'`);
    });
});

describe('a response that cannot be written (S34)', () => {
    it('is INVALID_DATA at both sides', async () => {
        const cycle: Record<string, unknown> = {};
        cycle['self'] = cycle;
        let thrown: unknown;
        session.messages.setRequestStream('a', {
            onRequest: (_path, _request, responder) => {
                try {
                    responder.respond(cycle);
                } catch (error) {
                    thrown = error;
                }
            },
        });
        deliver(1, 'a', null);
        const answer = await gateway.said(5);
        expect(answer.slice(1, 3)).toEqual([1, 106]);
        expect((thrown as RabbitBridgeError).reason).toBe(ErrorReason.INVALID_DATA);
    });
});
