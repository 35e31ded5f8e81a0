// Project messages: two gateway processes with a broker between them, and one at which every connection that is lost is the end of a session.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, ErrorReason, type ConnectOptions, type MessageReceipt, type ProjectMessage, type Session } from '../../src/index.js';
import { Broker } from './support/broker.js';
import { event, eventually, failure, Told } from '../support/conditions.js';
import { GatewayProcess } from './support/gateway-process.js';
import { EndOfSessions } from './support/end-of-sessions.js';
import { TcpProxy } from './support/tcp-proxy.js';

let broker: Broker;
let near: GatewayProcess;
let far: GatewayProcess;
const sessions: Session[] = [];
/** What the gateways' handler has posted to its service. */
const posted: unknown[] = [];
let service: Server;

beforeAll(async () => {
    broker = await Broker.start();
    service = createServer((request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', part => { body += part; }).on('end', () => {
            posted.push(JSON.parse(body));
            response.end();
        });
    });
    await new Promise<void>(resolve => service.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;
    [near, far] = await Promise.all(['near', 'far'].map(name =>
        GatewayProcess.start(broker.uri, `--Gateway:Name=${name}`, '--Gateway:PresenceLimit=00:00:15', '--Security:Principals:service:Roles:0=operator', `--Projects:X:myMessageHandler:Http:Url=${url}`))) as [GatewayProcess, GatewayProcess];
    const session = await connect({ addresses: near.address });
    await eventually('the gateways know each other', async () =>
        (await session.projects.sendMessage('X', 'h', {}, { scope: 'G', remoteServers: ['far'] }))[0]!.status === 'NO_HANDLER');
    await session.close();
});

afterAll(async () => {
    await Promise.all([near?.kill(), far?.kill()]);
    await broker?.stop();
    service?.closeAllConnections();
    service?.close();
});

afterEach(async () => {
    await Promise.all(sessions.splice(0).map(session => session.close()));
});

async function open(gateway: GatewayProcess, options: Partial<ConnectOptions> = {}): Promise<Session> {
    const session = await connect({ addresses: gateway.address, ...options });
    sessions.push(session);
    return session;
}

/** Keeps what a handler of the session gets. */
async function handling(session: Session, name = 'h'): Promise<ProjectMessage[]> {
    const messages: ProjectMessage[] = [];
    await session.projects.addMessageHandler(name, { onMessage: message => messages.push(message) });
    return messages;
}

function texts(receipts: readonly MessageReceipt[]): string[] {
    return receipts.map(String);
}

async function holds(messages: readonly unknown[], count: number): Promise<void> {
    await eventually(`${count} messages have come`, () => Promise.resolve(messages.length >= count));
}

/** A receipt of a session on this host. */
function ofClient(session: Session, host: string, filter: string, end: string): string {
    return `type=Client,sessionId=${session.sessionId},clientAddress=127.0.0.1,clientHostName=${host},project=X,messageHandler=h,filterParams=${filter},sendStatus=${end}`;
}

const EVERYTHING = '{hostName=, clientId=, scope=CG, user=, hasRole=}';
const SERVICE: Partial<ConnectOptions> = { principal: 'service', credentials: 'secret' };

describe('the examples of the original', () => {
    it('a simple message to both Client and Gateway handlers', async () => {
        const [client, session] = await Promise.all([open(near, { project: 'X' }), open(near)]);
        const messages = await handling(client, 'myMessageHandler');
        posted.length = 0;
        const project = 'X';
        // It's important that both Gateway and Client versions of this message handler have been created
        const messageHandler = 'myMessageHandler';
        const scope = 'CG';
        const myDict = { first: 'Hello', second: 'World' };
        const results = await session.projects.sendMessage(project, messageHandler, myDict, { scope });

        expect(texts(results)).toEqual([
            'type=Gateway,project=X,messageHandler=myMessageHandler,filterParams={hostName=, clientId=, scope=CG, user=, hasRole=},sendStatus=SENT',
            `type=Client,sessionId=${client.sessionId},clientAddress=127.0.0.1,clientHostName=127.0.0.1,project=X,`
            + 'messageHandler=myMessageHandler,filterParams={hostName=, clientId=, scope=CG, user=, hasRole=},sendStatus=SENT',
        ]);
        await Promise.all([holds(messages, 1), holds(posted, 1)]);
        expect([messages[0]!.payload, ...posted]).toEqual([myDict, myDict]);
    });

    it('a message to client handlers only where a specified user is logged in', async () => {
        const [client, session] = await Promise.all([open(near, { ...SERVICE, project: 'X' }), open(near), open(near, { project: 'X' })]);
        await handling(client, 'myMessageHandler');
        expect(texts(await session.projects.sendMessage('X', 'myMessageHandler', {}, { scope: 'C', user: 'service' }))).toEqual([
            `type=Client,sessionId=${client.sessionId},clientAddress=127.0.0.1,clientHostName=127.0.0.1,project=X,`
            + 'messageHandler=myMessageHandler,filterParams={hostName=, clientId=, scope=C, user=service, hasRole=},sendStatus=SENT',
        ]);
    });

    it('a message to remote servers', async () => {
        const [there, session] = await Promise.all([open(far, { project: 'X' }), open(near), open(near, { project: 'X' })]);
        await handling(there, 'myMessageHandler');
        const servers = ['far', 'agent-9000'];
        const filter = 'filterParams={hostName=, clientId=, scope=CG, user=, hasRole=}';
        expect(texts(await session.projects.sendMessage('X', 'myMessageHandler', {}, { remoteServers: servers }))).toEqual([
            `type=Gateway,project=X,messageHandler=myMessageHandler,${filter},sendStatus=SENT,server=far`,
            `type=Client,sessionId=${there.sessionId},clientAddress=127.0.0.1,clientHostName=127.0.0.1,project=X,messageHandler=myMessageHandler,${filter},sendStatus=SENT,server=far`,
            `type=Gateway,project=X,messageHandler=myMessageHandler,${filter},sendStatus=UNREACHABLE,server=agent-9000`,
        ]);
    });
});

describe.each<[string, Partial<ConnectOptions>]>([
    ['MessagePack over WebSockets', {}],
    ['JSON over server-sent events', { protocol: 'json', transport: 'serverSentEvents' }],
])('over %s, a message', (_, options) => {
    it('goes to the sessions of its project, and the gateway has no handler', async () => {
        const [receiver, silent, sender] = await Promise.all([
            open(near, { ...options, project: 'X', hostName: 'pc' }), open(near, { ...options, project: 'X' }), open(near, { ...options, ...SERVICE }),
            open(near, { ...options, project: 'Y' }), open(far, { ...options, project: 'X' })]);
        const messages = await handling(receiver);
        const receipts = await sender.projects.sendMessage('X', 'h', { first: 'Hello', second: ['Welt \u{1f430}', null] });
        expect(texts(receipts)[0]).toBe(`type=Gateway,project=X,messageHandler=h,filterParams=${EVERYTHING},sendStatus=NO_HANDLER`);
        expect(texts(receipts).slice(1).sort()).toEqual([
            ofClient(receiver, 'pc', EVERYTHING, 'SENT'), ofClient(silent, '127.0.0.1', EVERYTHING, 'NO_HANDLER')].sort());
        await holds(messages, 1);
        expect(messages).toEqual([{
            project: 'X', messageHandler: 'h', payload: { first: 'Hello', second: ['Welt \u{1f430}', null] }, sender: sender.sessionId, principal: 'service',
            roles: ['operator'],
        }]);
    });

    it('goes to those that are selected', async () => {
        const [service, client, nobody] = await Promise.all([
            open(near, { ...options, ...SERVICE, project: 'X', hostName: 'pc' }), open(near, { ...options, principal: 'client', credentials: 'secret', project: 'X', hostName: 'pc' }),
            open(near, { ...options, project: 'X', hostName: 'tablet' })]);
        const all = [service, client, nobody];
        const got = await Promise.all(all.map(each => handling(each)));
        const expected = all.map(() => 0);
        for (const [narrowed, filter, selected] of [
            [{ scope: 'C' }, '{hostName=, clientId=, scope=C, user=, hasRole=}', all],
            [{ scope: 'C', user: 'service' }, '{hostName=, clientId=, scope=C, user=service, hasRole=}', [service]],
            [{ user: 'client' }, '{hostName=, clientId=, scope=C, user=client, hasRole=}', [client]],
            [{ scope: 'C', hasRole: 'operator' }, '{hostName=, clientId=, scope=C, user=, hasRole=operator}', [service]],
            [{ hostName: 'pc' }, '{hostName=pc, clientId=, scope=C, user=, hasRole=}', [service, client]],
            [{ hostName: 'pc', hasRole: 'operator', user: 'client' }, '{hostName=pc, clientId=, scope=C, user=client, hasRole=operator}', []],
            [{ scope: 'C', clientSessionId: nobody.sessionId }, `{hostName=, clientId=${nobody.sessionId}, scope=C, user=, hasRole=}`, [nobody]],
        ] as const) {
            const receipts = await nobody.projects.sendMessage('X', 'h', {}, narrowed);
            expect(texts(receipts).sort()).toEqual(selected.map(each => ofClient(each, each === nobody ? 'tablet' : 'pc', filter, 'SENT')).sort());
            for (const each of selected)
                expected[all.indexOf(each)]!++;
        }

        await Promise.all(got.map((messages, i) => holds(messages, expected[i]!)));
        expect(got.map(messages => messages.length)).toEqual(expected);
        expect(texts(await nobody.projects.sendMessage('X', 'h', {}, { scope: 'GC', clientSessionId: 'none' }))).toEqual([
            'type=Gateway,project=X,messageHandler=h,filterParams={hostName=, clientId=none, scope=CG, user=, hasRole=},sendStatus=NO_HANDLER']);
    });

    it('goes to other gateways', async () => {
        const [here, there, sender] = await Promise.all([open(near, { ...options, project: 'X' }), open(far, { ...options, project: 'X', hostName: 'pc' }), open(near, options)]);
        const [messages, others] = [await handling(there), await handling(here)];
        expect(texts(await sender.projects.sendMessage('X', 'h', { n: 1 }, { remoteServers: ['far', 'nowhere'] }))).toEqual([
            `type=Gateway,project=X,messageHandler=h,filterParams=${EVERYTHING},sendStatus=NO_HANDLER,server=far`,
            ofClient(there, 'pc', EVERYTHING, 'SENT,server=far'),
            `type=Gateway,project=X,messageHandler=h,filterParams=${EVERYTHING},sendStatus=UNREACHABLE,server=nowhere`,
        ]);
        const filter = '{hostName=, clientId=, scope=C, user=, hasRole=}';
        expect(texts(await sender.projects.sendMessage('X', 'h', { n: 2 }, { scope: 'C', remoteServers: ['near', 'far'] }))).toEqual([
            ofClient(here, '127.0.0.1', filter, 'SENT'), ofClient(there, 'pc', filter, 'SENT,server=far')]);
        await Promise.all([holds(messages, 2), holds(others, 1)]);
        expect(messages.map(({ payload, sender: from }) => [payload['n'], from])).toEqual([[1, sender.sessionId], [2, sender.sessionId]]);
        expect(others.map(({ payload }) => payload['n'])).toEqual([2]);
    });

    it('comes after those that were sent before it, and when these have been handled', async () => {
        const [here, there, sender] = await Promise.all([open(near, { ...options, project: 'X' }), open(far, { ...options, project: 'X' }), open(near, options)]);
        const numbers = Array.from({ length: 200 }, (_x, n) => n);
        const logs = await Promise.all([here, there].map(async session => {
            const log: unknown[] = [];
            let busy = 0;
            await session.projects.addMessageHandler('h', async ({ payload: { n } }) => {
                busy++;
                if ((n as number) % 3 === 0)
                    await new Promise(resolve => setImmediate(resolve));
                log.push([n, busy]);
                busy--;
            });
            return log;
        }));
        const sent = await Promise.all(numbers.map(n => sender.projects.sendMessage('X', 'h', { n }, { scope: 'C', remoteServers: ['near', 'far'] })));
        expect(sent.flat().map(({ status, sessionId }) => [status, sessionId])).toEqual(
            numbers.flatMap(() => [['SENT', here.sessionId], ['SENT', there.sessionId]]));
        await Promise.all(logs.map(log => holds(log, numbers.length)));
        for (const log of logs)
            expect(log).toEqual(numbers.map(n => [n, 1]));
    });
});

describe('a payload', () => {
    it('that is no JSON object is not sent, nor under a name that is none', async () => {
        const [receiver, sender] = await Promise.all([open(near, { project: 'X' }), open(near)]);
        const messages = await handling(receiver);
        const circular: Record<string, unknown> = {};
        circular['self'] = circular;
        for (const payload of ['x', [1], new Map(), circular, { a: 1n }, { a: 'x'.repeat(8 * 1024 * 1024) }])
            expect((await failure(sender.projects.sendMessage('X', 'h', payload as object))).reason).toBe(ErrorReason.INVALID_DATA);
        expect((await failure(sender.projects.sendMessage('X', '', {}))).reason).toBe(ErrorReason.INVALID_DATA);
        await sender.projects.sendMessage('X', 'h', { last: true }, { scope: 'C' });
        await holds(messages, 1);
        expect(messages.map(({ payload }) => payload)).toEqual([{ last: true }]);
    });
});

describe('a request', () => {
    it('to a handler that no gateway has fails, and so does one to a gateway that is none', async () => {
        const session = await open(near, { project: 'X' });
        await handling(session);
        expect((await failure(session.projects.sendRequest('X', 'h', {}))).reason).toBe(ErrorReason.UNHANDLED_MESSAGE);
        expect((await failure(session.projects.sendRequest('X', 'h', {}, { remoteServer: 'far' }))).reason).toBe(ErrorReason.UNHANDLED_MESSAGE);
        expect((await failure(session.projects.sendRequest('X', 'h', {}, { remoteServer: 'nowhere' }))).reason).toBe(ErrorReason.COMMUNICATION_FAILURE);
    });
});

describe('a message handler', () => {
    it('that is closed gets nothing, and its name is free', async () => {
        const [receiver, sender] = await Promise.all([open(near, { project: 'X' }), open(near)]);
        const [first, second] = [[] as unknown[], [] as unknown[]];
        let closed = 0;
        const registration = await receiver.projects.addMessageHandler('h', { onMessage: ({ payload }) => first.push(payload), onClose: () => closed++ });
        expect((await failure(receiver.projects.addMessageHandler('h', () => undefined))).reason).toBe(ErrorReason.HANDLER_CONFLICT);
        await sender.projects.sendMessage('X', 'h', { n: 1 }, { scope: 'C' });
        await holds(first, 1);
        await registration.close();
        expect(closed).toBe(1);
        expect((await sender.projects.sendMessage('X', 'h', { n: 2 }, { scope: 'C' })).map(({ status }) => status)).toEqual(['NO_HANDLER']);
        await receiver.projects.addMessageHandler('h', ({ payload }) => second.push(payload));
        await sender.projects.sendMessage('X', 'h', { n: 3 }, { scope: 'C' });
        await holds(second, 1);
        expect([first, second]).toEqual([[{ n: 1 }], [{ n: 3 }]]);
        await registration.close();
    });

    it('needs a project', async () => {
        const session = await open(near);
        expect((await failure(session.projects.addMessageHandler('h', () => undefined))).reason).toBe(ErrorReason.UNSUPPORTED);
    });
});

describe('a session that is lost', () => {
    it('has its message handlers in the next one', async () => {
        const gateway = await GatewayProcess.start(undefined, '--Remote:GracePeriod=00:00:00');
        const proxy = await TcpProxy.start(gateway.port);
        try {
            const receiver = await open(gateway, { addresses: proxy.address, project: 'X', hostName: 'pc', reconnect: { minDelay: 1, maxDelay: 5 } });
            const sender = await open(gateway);
            const [messages, closed] = [await handling(receiver), await receiver.projects.addMessageHandler('closed', () => undefined)];
            await closed.close();
            const lost = receiver.sessionId;
            const failedOver = event(receiver, 'failover');
            await (await EndOfSessions.seenBy(sender)).bring(receiver, proxy);
            expect(await failedOver).toEqual([receiver.sessionId, lost]);
            const receipts = await sender.projects.sendMessage('X', 'h', { n: 1 }, { clientSessionId: receiver.sessionId, scope: 'C' });
            expect(texts(receipts)).toEqual([ofClient(receiver, 'pc', `{hostName=, clientId=${receiver.sessionId}, scope=C, user=, hasRole=}`, 'SENT')]);
            await holds(messages, 1);
            expect(messages.map(({ payload }) => payload)).toEqual([{ n: 1 }]);
            expect((await sender.projects.sendMessage('X', 'closed', {}, { clientSessionId: receiver.sessionId, scope: 'C' }))[0]!.status).toBe('NO_HANDLER');
        } finally {
            await proxy.stop();
            await gateway.kill();
        }
    });

    it('while a message handler is added has it in the next one, and messages go on', async () => {
        const gateway = await GatewayProcess.start(undefined, '--Remote:GracePeriod=00:00:00');
        const proxy = await TcpProxy.start(gateway.port);
        try {
            const receiver = await open(gateway, { addresses: proxy.address, project: 'X', reconnect: { minDelay: 1, maxDelay: 5 } });
            const sender = await open(gateway);
            const ends = await EndOfSessions.seenBy(sender);
            const came = new Told<unknown>();
            const failedOver = event(receiver, 'failover');
            const added = receiver.projects.addMessageHandler('h', ({ payload }) => came.tell(payload));
            await ends.bring(receiver, proxy);
            await Promise.all([added, failedOver]);
            expect((await sender.projects.sendMessage('X', 'h', { n: 1 }, { clientSessionId: receiver.sessionId, scope: 'C' }))[0]!.status).toBe('SENT');
            expect(await came.promise).toEqual({ n: 1 });
        } finally {
            await proxy.stop();
            await gateway.kill();
        }
    });
});
