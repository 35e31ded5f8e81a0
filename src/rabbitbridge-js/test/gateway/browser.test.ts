// The browser bundle in a real headless Chromium, from a page of another origin than the gateway's.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type Session } from '../../src/index.js';
import type * as Library from '../../src/index.js';
import { eventually } from '../support/conditions.js';
import { GatewayProcess } from './support/gateway-process.js';
import { TcpProxy } from './support/tcp-proxy.js';

const chromiumPath = process.env['RABBITBRIDGE_CHROMIUM'] ?? '/usr/bin/chromium';
const bundle = fileURLToPath(new URL('../../dist/rabbitbridge.browser.js', import.meta.url));

/** What the page has: the library as it is imported there, and what the test's steps leave behind. */
interface PageWindow {
    rabbitbridge: typeof Library;
    session: Session;
    events: string[];
}

let gateway: GatewayProcess;
let server: Server;
let browser: Browser;
let page: Page;
let node: Session;

beforeAll(async () => {
    const script = await readFile(bundle);
    server = createServer((request, response) => {
        if (request.url === '/rabbitbridge.js')
            response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
        else
            response.writeHead(200, { 'content-type': 'text/html' }).end(
                '<!doctype html><script type="module">import * as rabbitbridge from "/rabbitbridge.js"; window.rabbitbridge = rabbitbridge;</script>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    gateway = await GatewayProcess.start();
    browser = await chromium.launch({
        executablePath: chromiumPath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
});

afterAll(async () => {
    await browser?.close();
    await gateway?.kill();
    server?.close();
});

beforeEach(async () => {
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'rabbitbridge' in window);
    node = await connect({ addresses: gateway.address, principal: 'node', credentials: 'secret' });
});

afterEach(async () => {
    await page.evaluate(() => (window as unknown as PageWindow).session?.close());
    await page.close();
    await node.close();
});

async function openInPage(options: object): Promise<string> {
    return page.evaluate(async given => {
        const here = window as unknown as PageWindow;
        here.session = await here.rabbitbridge.connect(given as Library.ConnectOptions);
        here.events = [];
        for (const name of ['disconnect', 'reconnect', 'failover', 'close'] as const)
            here.session.on(name, () => here.events.push(name));
        return here.session.sessionId;
    }, options);
}

describe.each<[string, object, string]>([
    ['MessagePack over WebSockets', {}, 'WEBSOCKET'],
    ['JSON over WebSockets', { protocol: 'json' }, 'WEBSOCKET'],
    ['MessagePack over long polling', { transport: 'longPolling' }, 'HTTP_LONG_POLL'],
    ['JSON over server-sent events', { protocol: 'json', transport: 'serverSentEvents' }, 'OTHER'],
])('in Chromium, %s', (_, options, transport) => {
    it('calls handlers, serves, and answers filters', async () => {
        const id = await openInPage({ addresses: gateway.address, principal: 'page', credentials: 'secret', ...options });
        expect(await page.evaluate(() => (window as unknown as PageWindow).session.properties)).toMatchObject({
            $SessionId: id, $Principal: 'page', $ClientType: 'JAVASCRIPT_BROWSER', $Transport: transport });

        await node.messages.addRequestHandler('node', { onRequest: (request, _context, responder) => responder.respond(request) });
        expect(await page.evaluate(async () => {
            const { rabbitbridge, session } = window as unknown as PageWindow;
            const { datatypes, RecordV2 } = rabbitbridge;
            const big = Uint8Array.from({ length: 100_000 }, (_x, i) => i);
            const echoed = await session.messages.sendRequest<Uint8Array>('node', big);
            const json = await session.messages.sendRequest('node', datatypes.json().from({ foo: 'bar' }), null, datatypes.json(), datatypes.json());
            const failed = await session.messages.sendRequest('nobody', 'x').catch((error: Library.RabbitBridgeError) => error.reason.name);
            const records = await session.messages.sendRequest<InstanceType<typeof RecordV2>>('node', new RecordV2([['a']]));
            return [echoed.length === big.length && echoed.every((byte, i) => byte === big[i]), json.get(), failed, records.records,
                String(await session.messages.sendRequest('node', 5n)), await session.messages.sendRequest('node', 'grüße')];
        })).toEqual([true, { foo: 'bar' }, 'UNHANDLED_MESSAGE', [['a']], '5', 'grüße']);

        await page.evaluate(async () => {
            const { session } = window as unknown as PageWindow;
            await session.messages.addRequestHandler('page', {
                onRequest: (request, context, responder) => request === 'no' ? responder.reject('no') : responder.respond({ request, from: context.sessionId }) });
            session.messages.setRequestStream('stream', { onRequest: async (path, request, responder) => responder.respond(`${path} ${String(request)}`) });
        });
        expect(await node.messages.sendRequest('page/x', 'hi')).toEqual({ request: 'hi', from: node.sessionId });
        await expect(node.messages.sendRequest('page', 'no')).rejects.toMatchObject({ message: 'no', reason: { name: 'REJECTED_REQUEST' } });
        expect(await node.messages.sendRequest('stream', 'hi', id)).toBe('stream hi');
        const answers: unknown[] = [];
        expect(await node.messages.sendRequestToFilter("$ClientType is 'JAVASCRIPT_BROWSER'", 'stream', 'all', {
            onResponse: (session, response) => answers.push([session, response]), onResponseError: (_session, error) => answers.push(error) })).toBe(1);
        await eventually('the page has answered', () => Promise.resolve(answers.length === 1));
        expect(answers).toEqual([[id, 'stream all']]);
    });

    it('goes on after its connection was cut', async () => {
        const proxy = await TcpProxy.start(gateway.port);
        try {
            const id = await openInPage({ addresses: proxy.address, ...options });
            await page.evaluate(() => {
                const { session } = window as unknown as PageWindow;
                session.messages.setRequestStream('stream', { onRequest: (_path, request, responder) => responder.respond(request) });
            });
            proxy.shut();
            await page.waitForFunction(() => (window as unknown as PageWindow).events.includes('disconnect'));
            const answer = node.messages.sendRequest('stream', 'waits', id);
            proxy.open();
            expect(await answer).toBe('waits');
            expect(await page.evaluate(() => {
                const { session, events } = window as unknown as PageWindow;
                return [session.sessionId, events];
            })).toEqual([id, ['disconnect', 'reconnect']]);
        } finally {
            await page.evaluate(() => (window as unknown as PageWindow).session.close());
            await proxy.stop();
        }
    });
});
