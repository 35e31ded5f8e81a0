// The package as npm would publish it, installed into an application of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayProcess } from './support/gateway-process.js';

const project = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
let gateway: GatewayProcess;

beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rabbitbridge-js-package-'));
    const name = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: project, encoding: 'utf8' }).trim();
    mkdirSync(join(folder, 'node_modules'));
    execFileSync('tar', ['-xzf', name], { cwd: folder });
    symlinkSync(join(folder, 'package'), join(folder, 'node_modules', 'rabbitbridge'));
    // What the package depends on, from here; nothing is fetched for this.
    symlinkSync(join(project, 'node_modules'), join(folder, 'package', 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    gateway = await GatewayProcess.start(undefined, '--Gateway:Name=sample');
});

afterAll(async () => {
    await gateway?.kill();
    rmSync(folder, { recursive: true, force: true });
});

describe('the package', () => {
    it('has what it must and nothing else', () => {
        const files = execFileSync('tar', ['-tzf', 'rabbitbridge-0.1.0.tgz'], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
        expect(files.filter(file => !/^package\/dist\/.*\.(js|js\.map|d\.ts|LEGAL\.txt)$/.test(file)).sort()).toEqual([
            'package/LICENSE', 'package/README.md', 'package/dist/cjs/package.json', 'package/package.json']);
        expect(files).toContain('package/dist/index.d.ts');
        for (const file of ['index.js', 'index.js.map', 'cjs/index.js', 'cjs/index.d.ts', 'opentelemetry/index.js', 'cjs/opentelemetry/index.js', 'rabbitbridge.browser.js', 'rabbitbridge.browser.js.map'])
            expect(files).toContain(`package/dist/${file}`);
    });

    it('works in an application for Node', () => {
        writeFileSync(join(folder, 'app.js'), `
            import * as rabbitbridge from 'rabbitbridge';
            const session = await rabbitbridge.connect({ addresses: process.argv[2] });
            await session.messages.addRequestHandler('test/path', { onRequest: (request, context, responder) => responder.respond(request + '!') });
            console.log(await session.messages.sendRequest('test/path', 'hello'));
            await session.close();
        `);
        // It ends by itself: a closed session keeps no process alive.
        expect(execFileSync(process.execPath, ['app.js', gateway.address], { cwd: folder, encoding: 'utf8', timeout: 50_000 })).toBe('hello!\n');
    });

    it.each([
        ['first-steps.mjs', 'true\n109 UNHANDLED_MESSAGE\n'],
        ['connect.mjs', 'Hello Ann\n'],
        ['telemetry.mjs', 'JAVASCRIPT_NODE\n'],
        ['projects.mjs', /^(?=.*^Hello$)(?=.*^SENT type=Client,sessionId=)/ms],
    ])('runs the sample %s', (name, expected) => {
        copyFileSync(join(project, '../../samples/js', name), join(folder, name));
        const output = execFileSync(
            process.execPath, [name], { cwd: folder, encoding: 'utf8', timeout: 50_000, env: { ...process.env, GATEWAYS: gateway.address, GATEWAY_NAME: 'sample' } });
        expect(output).toMatch(expected);
    });

    it('works in an application of CommonJS', () => {
        writeFileSync(join(folder, 'app.cjs'), `
            const rabbitbridge = require('rabbitbridge');
            rabbitbridge.connect({ addresses: process.argv[2] }).then(async session => {
                console.log(session.sessionId.length);
                await session.close();
            });
        `);
        expect(execFileSync(process.execPath, ['app.cjs', gateway.address], { cwd: folder, encoding: 'utf8', timeout: 50_000 })).toBe('33\n');
    });

    it('has declarations that stand on their own', () => {
        writeFileSync(join(folder, 'app.ts'), `
            import * as rabbitbridge from 'rabbitbridge';
            import { openTelemetry } from 'rabbitbridge/opentelemetry';
            const telemetry: rabbitbridge.Telemetry = openTelemetry();
            const session: rabbitbridge.Session = await rabbitbridge.connect({ addresses: ['http://localhost:8080'], principal: 'ann', credentials: 'x', telemetry });
            const text: string = await session.messages.sendRequest('a', 'b', null, null, 'string' as rabbitbridge.DataTypeOrName<string>);
            const json = await session.messages.sendRequest('a', 'b', undefined, rabbitbridge.datatypes.json(), rabbitbridge.datatypes.json<{ c: number }>());
            const c: number = json.get().c + json.c + text.length;
            session.on('failover', (now: string, then: string) => console.log(now, then, c));
            const registration = await session.messages.addRequestHandler<bigint>('a', {
                onRequest: (request, context, responder) => responder.respond(request + BigInt(context.path.length)),
            }, [rabbitbridge.PropertyKeys.ALL_FIXED_PROPERTIES, 'Department'], rabbitbridge.datatypes.int64());
            await registration.close();
            const receipts = await session.projects.sendMessage('X', 'h', { a: 1 }, { scope: 'C', remoteServers: ['far'] });
            const statuses: rabbitbridge.SendStatus[] = receipts.map((receipt: rabbitbridge.MessageReceipt) => receipt.status);
            const sum: number = await session.projects.sendRequest<number>('X', 'sum', { statuses }, { timeout: 500 });
            await (await session.projects.addMessageHandler<{ a: number }>('h', ({ payload, sender }) => console.log(payload.a + sum, sender))).close();
            // @ts-expect-error There is no such scope.
            await session.projects.sendMessage('X', 'h', {}, { scope: 'X' });
            // @ts-expect-error There is no such event.
            session.on('nothing', () => undefined);
        `);
        writeFileSync(join(folder, 'app.cts'), `
            import rabbitbridge = require('rabbitbridge');
            import opentelemetry = require('rabbitbridge/opentelemetry');
            const connecting: Promise<rabbitbridge.Session> = rabbitbridge.connect({ addresses: 'http://localhost:8080', telemetry: opentelemetry.openTelemetry() });
            void connecting.then(session => session.close());
        `);
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
            compilerOptions: { noEmit: true, strict: true, target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom'], types: [], exactOptionalPropertyTypes: true },
            files: ['app.ts', 'app.cts'],
        }));
        const { status, stdout } = spawnSync(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' });
        expect(stdout).toBe('');
        expect(status).toBe(0);
    }, 180_000);
});
