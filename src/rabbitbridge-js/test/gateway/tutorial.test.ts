// The page of docs/tutorial.md in a real headless Chromium.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Session } from '../../src/index.js';
import { GatewayProcess } from './support/gateway-process.js';

const chromiumPath = process.env['RABBITBRIDGE_CHROMIUM'] ?? '/usr/bin/chromium';
const page = fileURLToPath(new URL('../../../../samples/Tutorial/index.html', import.meta.url));
const bundle = fileURLToPath(new URL('../../dist/rabbitbridge.browser.js', import.meta.url));

let gateway: GatewayProcess;
let server: Server;
let browser: Browser;
let service: Session;

beforeAll(async () => {
    const [html, script] = await Promise.all([readFile(page), readFile(bundle)]);
    server = createServer((request, response) => {
        if (request.url === '/node_modules/rabbitbridge/dist/rabbitbridge.browser.js')
            response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
        else
            response.writeHead(200, { 'content-type': 'text/html' }).end(html);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    gateway = await GatewayProcess.start(undefined, '--Gateway:Name=shop');
    service = await connect({ addresses: gateway.address, principal: 'service', credentials: 'secret' });
    await service.messages.addRequestHandler('shop/price', {
        onRequest: (item, _context, responder) => responder.respond(`${String(item)} costs 3 euros`),
    });
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'] });
});

afterAll(async () => {
    await browser?.close();
    await service?.close();
    await gateway?.kill();
    server?.close();
});

it('asks the service when its button is pressed', async () => {
    const shown = await browser.newPage();
    await shown.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?gateway=${encodeURIComponent(gateway.address)}`);
    await shown.waitForFunction(() => document.querySelector('button')?.disabled === false);

    expect(await shown.textContent('#gateway')).toBe('This page is at gateway shop.');
    await shown.click('button');
    await shown.waitForFunction(() => document.querySelector('#answer')?.textContent !== '');
    expect(await shown.textContent('#answer')).toBe('tea costs 3 euros');
});
