// Project messages, as they are seen by a gateway that says what the tests want.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ErrorReason, type MessageHandler, type SendMessageOptions, type Session } from '../../src/index.js';
import { event, failure, Told } from '../support/conditions.js';
import { connectTo, FakeGateway, type Message } from './fake-gateway.js';
import { utf8 } from './fixtures.js';

const OTHER = '0000000000000001-0000000000000002';

let gateway: FakeGateway;
let session: Session;

beforeEach(async () => {
    gateway = new FakeGateway();
    session = await connectTo([gateway], { project: 'X', hostName: 'here' });
});

afterEach(() => session.close());

function json(value: unknown): Uint8Array {
    return utf8(JSON.stringify(value));
}

function message(handler: string, payload: unknown): Message {
    return [25, JSON.stringify({ project: 'X', handler, sender: OTHER, principal: 'ann', roles: ['operator'] }), json(payload)];
}

/** Has the gateway answer what is sent; gives the headers and payloads. */
function answering(answer: unknown): [unknown, unknown][] {
    const sent: [unknown, unknown][] = [];
    const others = gateway.answer;
    gateway.answer = (said, remote) => {
        if (said[0] !== 22) {
            others(said, remote);
            return;
        }

        sent.push([JSON.parse(said[2] as string), JSON.parse(new TextDecoder().decode(said[3] as Uint8Array))]);
        gateway.send(remote, [4, said[1], 'application/json', json(answer)]);
    };
    return sent;
}

describe('opening', () => {
    it('tells the project and the host', () => {
        expect(gateway.opens[0]).toMatchObject({ project: 'X', hostName: 'here' });
    });

    it('tells neither by default', async () => {
        await (await connectTo([gateway])).close();
        expect(gateway.opens.at(-1)).toMatchObject({ project: null, hostName: null });
    });
});

describe('sending a message', () => {
    it('gives receipts', async () => {
        const sent = answering([
            { address: '', host: '', status: 'DENIED' },
            { session: OTHER, address: '10.0.0.1', host: 'pc', status: 'SENT', server: 'far' },
        ]);
        const options: SendMessageOptions = { scope: 'GC', clientSessionId: OTHER, user: 'ann', hasRole: 'operator', hostName: 'pc', remoteServers: ['near', 'far'] };
        const [first, second] = await session.projects.sendMessage('X', 'h', { a: [1, null] }, options);
        expect(sent).toEqual([[
            { project: 'X', handler: 'h', scope: 'CG', clientSessionId: OTHER, user: 'ann', hasRole: 'operator', hostName: 'pc', servers: ['near', 'far'] },
            { a: [1, null] },
        ]]);
        expect(first).toMatchObject({
            type: 'Gateway', sessionId: undefined, clientAddress: '', clientHostName: '', project: 'X', messageHandler: 'h', status: 'DENIED', server: undefined });
        expect(second).toMatchObject({ type: 'Client', sessionId: OTHER, clientAddress: '10.0.0.1', clientHostName: 'pc', status: 'SENT', server: 'far' });
        expect(second!.selection).toMatchObject({ scope: 'CG', user: 'ann' });
        const selection = `filterParams={hostName=pc, clientId=${OTHER}, scope=CG, user=ann, hasRole=operator}`;
        expect(String(first)).toBe(`type=Gateway,project=X,messageHandler=h,${selection},sendStatus=DENIED`);
        expect(`${second}`).toBe(
            `type=Client,sessionId=${OTHER},clientAddress=10.0.0.1,clientHostName=pc,project=X,messageHandler=h,${selection},sendStatus=SENT,server=far`);
    });

    it.each<[SendMessageOptions | undefined, string]>([
        [undefined, '{hostName=, clientId=, scope=CG, user=, hasRole=}'],
        [{ clientSessionId: 'c' }, '{hostName=, clientId=c, scope=CG, user=, hasRole=}'],
        [{ user: 'u' }, '{hostName=, clientId=, scope=C, user=u, hasRole=}'],
        [{ user: '' }, '{hostName=, clientId=, scope=C, user=, hasRole=}'],
        [{ hasRole: 'r' }, '{hostName=, clientId=, scope=C, user=, hasRole=r}'],
        [{ hostName: 'h', user: null }, '{hostName=h, clientId=, scope=C, user=, hasRole=}'],
        [{ hostName: 'h', scope: 'G' }, '{hostName=h, clientId=, scope=G, user=, hasRole=}'],
    ])('with %o is narrowed as receipts tell', async (options, text) => {
        const sent = answering([{ status: 'SENT' }]);
        const [receipt] = await session.projects.sendMessage('X', 'h', null, options);
        expect(String(receipt!.selection)).toBe(text);
        // The default is the gateway's to apply.
        expect((sent[0]![0] as { scope?: string }).scope).toBe(options?.scope);
        expect(sent[0]![1]).toEqual({});
    });

    it('keeps the order of calls that nobody waits for', async () => {
        const sent = answering([]);
        await Promise.all(Array.from({ length: 200 }, (_x, n) => session.projects.sendMessage('X', 'h', { n })));
        expect(sent.map(([, payload]) => (payload as { n: number }).n)).toEqual(Array.from({ length: 200 }, (_x, n) => n));
    });

    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    it.each<[string, unknown]>([
        ['text', 'x'], ['a number', 1], ['an array', [1]], ['a date', new Date(0)], ['a function', () => 1], ['a map', new Map()], ['bytes', new Uint8Array(2)],
        ['what is circular', circular], ['a bigint', { a: 1n }], ['what throws', { toJSON: () => { throw new Error('no'); } }],
        ['what becomes nothing', { toJSON: () => undefined }], ['what is too large', { a: 'x'.repeat(1_000) }],
    ])('refuses %s as its payload', async (_, payload) => {
        expect((await failure(session.projects.sendMessage('X', 'h', payload as object))).reason).toBe(ErrorReason.INVALID_DATA);
        expect((await failure(session.projects.sendRequest('X', 'h', payload as object))).reason).toBe(ErrorReason.INVALID_DATA);
        expect(gateway.messages).toEqual([]);
    });

    it.each<[string, string, object?]>([
        ['', 'h'], ['X', ' \t'], ['X', 'a\u0000b'], ['X', 1 as unknown as string], ['X', 'h', { scope: 'D' }], ['X', 'h', { user: 1 }], ['X', 'h', { remoteServers: 'far' }],
    ])('refuses the names %j and %j with the options %o', async (project, handler, options) => {
        expect((await failure(session.projects.sendMessage(project, handler, {}, options))).reason).toBe(ErrorReason.INVALID_DATA);
        expect(gateway.messages).toEqual([]);
    });
});

describe('sending a request', () => {
    it('gives the answer', async () => {
        const sent = answering({ sum: 3 });
        expect(await session.projects.sendRequest('X', 'add', { a: 1, b: 2 }, { remoteServer: 'far', timeout: 500 })).toEqual({ sum: 3 });
        expect(sent).toEqual([[{ project: 'X', handler: 'add', isRequest: true, servers: ['far'], milliseconds: 500 }, { a: 1, b: 2 }]]);
    });

    it('gives null where there is no more to say', async () => {
        const sent = answering(null);
        expect(await session.projects.sendRequest('X', 'h')).toBeNull();
        expect(sent).toEqual([[{ project: 'X', handler: 'h', isRequest: true }, {}]]);
    });

    it('takes the time of the session, and fails for the reason that the gateway gives', async () => {
        const other = await connectTo([gateway], { requestTimeout: 50 });
        const pending = failure(other.projects.sendRequest('X', 'h'));
        const said = await gateway.said(22);
        expect(JSON.parse(said[2] as string)).toMatchObject({ milliseconds: 50 });
        gateway.send(gateway.last, [5, said[1], 9003, 'not today']);
        expect(await pending).toMatchObject({ reason: ErrorReason.REJECTED_REQUEST, message: 'not today' });
        await other.close();
    });

    it('that is given up is cancelled', async () => {
        const abort = new AbortController();
        const pending = session.projects.sendRequest('X', 'h', {}, { signal: abort.signal });
        const said = await gateway.said(22);
        abort.abort(new Error('enough'));
        await expect(pending).rejects.toThrow('enough');
        expect((await gateway.said(3))[1]).toBe(said[1]);
    });
});

describe('a message handler', () => {
    it('gets messages as they were sent', async () => {
        const [came, later] = [new Told<unknown>(), new Told<unknown>()];
        await session.projects.addMessageHandler('h', came.tell);
        await session.projects.addMessageHandler<{ a: number }>('i', { onMessage: ({ payload }) => later.tell(payload.a) });
        gateway.send(gateway.last, message('h', { a: { b: [1] } }), message('i', { a: 1 }));
        expect(await came.promise).toEqual({ project: 'X', messageHandler: 'h', payload: { a: { b: [1] } }, sender: OTHER, principal: 'ann', roles: ['operator'] });
        expect(await later.promise).toBe(1);
    });

    it('gets them one after another, all handlers of the session together', async () => {
        const log: string[] = [];
        const done = new Told<void>();
        const gates = [new Told<void>(), new Told<void>()];
        const handler = (name: string): ((given: { payload: Record<string, unknown> }) => unknown) => async ({ payload: { n } }) => {
            log.push(`${name}${n} in`);
            await gates[n as number]?.promise;
            log.push(`${name}${n} out`);
            if (n === 3)
                done.tell();
        };
        await session.projects.addMessageHandler('h', handler('h'));
        await session.projects.addMessageHandler('i', handler('i'));
        gateway.send(gateway.last, message('h', { n: 0 }), message('i', { n: 1 }), message('h', { n: 2 }), message('h', { n: 3 }));
        gates[1]!.tell();
        await answeredOnce();
        expect(log).toEqual(['h0 in']);
        gates[0]!.tell();
        await done.promise;
        expect(log).toEqual(['h0 in', 'h0 out', 'i1 in', 'i1 out', 'h2 in', 'h2 out', 'h3 in', 'h3 out']);
    });

    it('that fails is told of it, or the session is, and the next message comes', async () => {
        const [own, reported]: [unknown[], unknown[]] = [[], []];
        session.on('error', error => reported.push((error as Error).message));
        const done = new Told<void>();
        const onMessage: MessageHandler['onMessage'] = ({ payload: { how } }) => {
            if (how === 'throw')
                throw new Error('thrown');
            return how === 'reject' ? Promise.reject(new Error('rejected')) : done.tell();
        };
        await session.projects.addMessageHandler('h', { onMessage, onError: error => own.push((error as Error).message) });
        await session.projects.addMessageHandler('i', onMessage);
        gateway.send(
            gateway.last, message('h', { how: 'throw' }), message('i', { how: 'throw' }), message('h', { how: 'reject' }), message('i', { how: 'reject' }),
            [25, message('h', {})[1], utf8('{')], message('h', {}));
        await done.promise;
        expect(own).toEqual(['thrown', 'rejected', expect.stringContaining('not JSON')]);
        expect(reported).toEqual(['thrown', 'rejected']);
    });

    it('gets what has come before the end of the session, is closed then, and gets nothing after', async () => {
        const log: unknown[] = [];
        const never = new Promise(() => undefined);
        await session.projects.addMessageHandler('h', {
            onMessage: ({ payload: { n } }) => {
                log.push(n);
                return n === 2 ? never : undefined;
            },
            onClose: () => log.push('closed'),
        });
        const closed = event(session, 'close');
        gateway.send(gateway.last, message('h', { n: 1 }), message('h', { n: 2 }), message('h', { n: 3 }), [19, 11, 'bye']);
        await closed;
        expect(log).toEqual([1, 2, 'closed']);
    });

    it('that does not come back within 30 s is left behind', async () => {
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
        try {
            const [errors, seen]: [unknown[], unknown[]] = [[], []];
            const next = new Told<void>();
            await session.projects.addMessageHandler('h', {
                onMessage: ({ payload: { n } }) => {
                    seen.push(n);
                    if (n === 2)
                        next.tell();
                    return n === 1 ? new Promise(() => undefined) : Promise.resolve();
                },
                onError: error => errors.push(error),
            });
            gateway.send(gateway.last, message('h', { n: 1 }), message('h', { n: 2 }));
            await vi.advanceTimersByTimeAsync(29_999);
            expect([seen, errors]).toEqual([[1], []]);
            await vi.advanceTimersByTimeAsync(1);
            await next.promise;
            expect(seen).toEqual([1, 2]);
            expect(errors).toMatchObject([{ reason: ErrorReason.REQUEST_TIME_OUT }]);
        } finally {
            vi.useRealTimers();
        }
    });

    it('that is slow loses what is too much, and hears of it', async () => {
        const gate = new Told<void>();
        const [errors, seen]: [unknown[], unknown[]] = [[], []];
        const all = new Told<void>();
        await session.projects.addMessageHandler('h', {
            onMessage: async ({ payload: { n } }) => {
                seen.push(n);
                await gate.promise;
                if (seen.length === 10_001)
                    all.tell();
            },
            onError: error => errors.push(error),
        });
        gateway.send(gateway.last, ...Array.from({ length: 10_003 }, (_x, n) => message('h', { n })));
        expect(errors).toMatchObject([{ reason: ErrorReason.OVERLOADED }, { reason: ErrorReason.OVERLOADED }]);
        gate.tell();
        await all.promise;
        expect(seen).toEqual(Array.from({ length: 10_001 }, (_x, n) => n));
    });

    it('is none without a function, nor without a name, and there is one of a name', async () => {
        expect((await failure(session.projects.addMessageHandler('h', {} as MessageHandler))).reason).toBe(ErrorReason.INVALID_DATA);
        expect((await failure(session.projects.addMessageHandler('h', null as unknown as MessageHandler))).reason).toBe(ErrorReason.INVALID_DATA);
        expect((await failure(session.projects.addMessageHandler('', () => undefined))).reason).toBe(ErrorReason.INVALID_DATA);
        expect(gateway.messages).toEqual([]);
        const registration = await session.projects.addMessageHandler('h', () => undefined);
        expect((await failure(session.projects.addMessageHandler('h', () => undefined))).reason).toBe(ErrorReason.HANDLER_CONFLICT);
        await registration.close();
        await session.projects.addMessageHandler('h', () => undefined);
        expect(gateway.messages.map(([type, , name]) => [type, name])).toEqual([[23, 'h'], [24, 'h'], [23, 'h']]);
    });

    it('is not there if the gateway refuses it', async () => {
        gateway.answer = (said, remote) => gateway.send(remote, [5, said[1], 104, 'no project']);
        expect((await failure(session.projects.addMessageHandler('h', () => undefined))).reason).toBe(ErrorReason.UNSUPPORTED);
        expect((await failure(session.projects.addMessageHandler('h', () => undefined))).reason).toBe(ErrorReason.UNSUPPORTED);
    });

    it('is there again in the next session', async () => {
        const came = new Told<unknown>();
        await session.projects.addMessageHandler('h', ({ payload }) => came.tell(payload));
        const failedOver = event(session, 'failover');
        const lost = gateway.last;
        gateway.sessions.delete(lost.id);
        gateway.cut(lost);
        await failedOver;
        expect(gateway.messages.map(([type]) => type)).toEqual([23, 23]);
        expect(gateway.opens.at(-1)).toMatchObject({ project: 'X', hostName: 'here', resume: null });
        gateway.send(gateway.last, message('h', { a: 1 }));
        expect(await came.promise).toEqual({ a: 1 });
    });
});

/** Completes when the gateway has answered something that was asked after all that it has sent. */
async function answeredOnce(): Promise<void> {
    await (await session.projects.addMessageHandler('last', () => undefined)).close();
}
