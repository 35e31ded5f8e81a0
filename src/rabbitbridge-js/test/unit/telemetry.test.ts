// Spans and metrics, made by OpenTelemetry's own SDK of what sessions of a fake gateway send and handle.
import { context, metrics, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { DataPointType, MeterProvider, MetricReader, type DataPoint, type Histogram } from '@opentelemetry/sdk-metrics';
import {
    AlwaysOffSampler, BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
    datatypes, ErrorReason, type RabbitBridgeError, type RequestContext, type RequestHandler, type RequestOptions, type Session, type Telemetry,
} from '../../src/index.js';
import { openTelemetry } from '../../src/opentelemetry/index.js';
import { serverAddress } from '../../src/telemetry/server-address.js';
import { atOnce, event, failure, Told } from '../support/conditions.js';
import { connectTo, FakeGateway, type Message } from './fake-gateway.js';
import { utf8 } from './fixtures.js';

const OTHER = '0000000000000001-0000000000000002';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const GIVEN = `00-${TRACE}-${SPAN}-01`;
const SERVER = { 'server.address': 'gateway0', 'server.port': 80 };
const SEND = { 'messaging.system': 'rabbitbridge', 'messaging.operation.name': 'send', 'messaging.operation.type': 'send', ...SERVER };
const PROCESS = { 'messaging.system': 'rabbitbridge', 'messaging.operation.name': 'process', 'messaging.operation.type': 'process', ...SERVER };

class Reader extends MetricReader {
    protected onForceFlush(): Promise<void> {
        return Promise.resolve();
    }

    protected onShutdown(): Promise<void> {
        return Promise.resolve();
    }
}

let gateway: FakeGateway;
let session: Session;
let exporter: InMemorySpanExporter;
let tracerProvider: BasicTracerProvider;
let reader: Reader;
let telemetry: Telemetry;

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

beforeEach(async () => {
    exporter = new InMemorySpanExporter();
    tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    reader = new Reader();
    telemetry = openTelemetry({ tracerProvider, meterProvider: new MeterProvider({ readers: [reader] }) });
    gateway = new FakeGateway();
    session = await connectTo([gateway], { project: 'X', telemetry });
});

afterEach(async () => {
    vi.useRealTimers();
    await session.close();
});

/** Has the gateway answer requests of all kinds at once. */
function answering(): void {
    const others = gateway.answer;
    gateway.answer = (said, remote) => {
        if (said[0] === 1)
            gateway.send(remote, [4, said[1], 'text/plain', utf8('ok')]);
        else if (said[0] === 22)
            gateway.send(remote, [4, said[1], 'application/json', utf8('[{"address":"","host":"","status":"DENIED"}]')]);
        else
            others(said, remote);
    };
}

function deliver(id: number, path: string, branch: string | null, traceParent: string | null = GIVEN, contentType = 'text/plain'): void {
    gateway.send(gateway.last, [12, id, path, branch, OTHER, {}, 0, contentType, utf8('x'), traceParent]);
}

function tell(handler: string, traceParent: string | null = GIVEN, payload = '{}'): void {
    gateway.send(gateway.last, [25, JSON.stringify({ project: 'X', handler, sender: OTHER, principal: 'ann', roles: [], traceParent }), utf8(payload)]);
}

/** Waits until so many spans have ended; gives them. */
async function ended(count = 1): Promise<ReadableSpan[]> {
    await atOnce(() => exporter.getFinishedSpans().length >= count);
    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(count);
    return spans;
}

async function only(): Promise<ReadableSpan> {
    return (await ended())[0]!;
}

function traceParentOf(span: ReadableSpan): string {
    const { traceId, spanId } = span.spanContext();
    return `00-${traceId}-${spanId}-01`;
}

/** Runs something in a span of the application's. */
async function within<T>(run: (span: Span) => Promise<T>): Promise<[Span, T]> {
    const span = tracerProvider.getTracer('application').startSpan('caller');
    return [span, await context.with(trace.setSpan(ROOT_CONTEXT, span), () => run(span))];
}

function expectFailed(span: ReadableSpan, type: string): void {
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: type });
    expect(span.attributes['error.type']).toBe(type);
    expect(span.events).toEqual([]);
}

function expectWell(span: ReadableSpan): void {
    expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(span.attributes).not.toHaveProperty('error.type');
}

describe('the span of what is sent', () => {
    it('is a child of the current one, and goes out', async () => {
        answering();
        const [caller] = await within(() => session.messages.sendRequest('/a/b/', 'hi'));
        const span = await only();
        expect(span).toMatchObject({ name: 'send a/b', kind: SpanKind.PRODUCER });
        expect(span.instrumentationScope.name).toBe('rabbitbridge');
        expect(span.parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
        expect(span.attributes).toEqual({
            ...SEND, 'messaging.destination.name': 'a/b', 'rabbitbridge.session.id': session.sessionId, 'rabbitbridge.send.target': 'path' });
        expectWell(span);
        expect((await gateway.said(1))[7]).toBe(traceParentOf(span));
    });

    it('has no parent where there is none', async () => {
        answering();
        await session.messages.sendRequest('a', 1);
        expect((await only()).parentSpanContext).toBeUndefined();
    });

    it.each([GIVEN, `01-${TRACE}-${SPAN}-01-more`])('is a child of what the caller gives: %s', async traceParent => {
        answering();
        await within(() => session.messages.sendRequest('a', 1, { traceParent }));
        const span = await only();
        expect(span.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: SPAN, isRemote: true });
        expect((await gateway.said(1))[7]).toBe(traceParentOf(span));
    });

    it.each(['t', `${GIVEN}-more`, `ff-${TRACE}-${SPAN}-01`, `00-${'0'.repeat(32)}-${SPAN}-01`])('passes over what is no trace context: %s', async traceParent => {
        answering();
        const [caller] = await within(() => session.messages.sendRequest('a', 1, { traceParent }));
        expect((await only()).parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
    });

    it('leaves the caller its own: requests one after the other, and side by side, are siblings', async () => {
        answering();
        const [caller] = await within(async span => {
            const first = session.messages.sendRequest('a', 1);
            expect(trace.getActiveSpan()).toBe(span);
            const second = session.messages.sendRequest('b', 1);
            await Promise.all([first, second]);
            expect(trace.getActiveSpan()).toBe(span);
            await session.messages.sendRequest('c', 1);
            expect(trace.getActiveSpan()).toBe(span);
        });
        const spans = await ended(3);
        expect(spans.map(span => span.name).sort()).toEqual(['send a', 'send b', 'send c']);
        for (const span of spans)
            expect(span.parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
        const out = gateway.messages.filter(message => message[0] === 1).map(message => message[7]);
        expect(out.sort()).toEqual(spans.map(traceParentOf).sort());
    });

    it('tells of a session', async () => {
        answering();
        await session.messages.sendRequest('a', 1, OTHER);
        expect((await only()).attributes).toMatchObject({ 'rabbitbridge.send.target': 'session', 'messaging.destination.name': 'a' });
    });

    it('tells of project messages and requests, whose receipts are no errors', async () => {
        answering();
        await session.projects.sendMessage('X', 'h', {}, { traceParent: GIVEN });
        await session.projects.sendRequest('X', 'h', {}, { traceParent: GIVEN });
        const spans = await ended(2);
        const out = gateway.messages.filter(message => message[0] === 22).map(message => JSON.parse(message[2] as string).traceParent);
        expect(out).toEqual(spans.map(traceParentOf));
        for (const span of spans) {
            expect(span).toMatchObject({ name: 'send X/h', kind: SpanKind.PRODUCER, parentSpanContext: { spanId: SPAN } });
            expect(span.attributes).toEqual({
                ...SEND, 'messaging.destination.name': 'X/h', 'rabbitbridge.session.id': session.sessionId, 'rabbitbridge.send.target': 'project' });
            expectWell(span);
        }
    });

    it('says what a request has failed with, and not the text', async () => {
        const response = failure(session.messages.sendRequest('a', 1));
        gateway.send(gateway.last, [5, (await gateway.said(1))[1], 109, 'secret']);
        await response;
        expectFailed(await only(), 'UNHANDLED_MESSAGE');
    });

    it('says what a project message has failed with', async () => {
        const response = failure(session.projects.sendMessage('X', 'h'));
        gateway.send(gateway.last, [5, (await gateway.said(22))[1], 20001, 'secret']);
        await response;
        expectFailed(await only(), 'OVERLOADED');
    });

    it('has failed if the response cannot be read', async () => {
        answering();
        await failure(session.messages.sendRequest('a', 1, null, null, datatypes.int64()));
        expectFailed(await only(), 'INCOMPATIBLE_DATATYPE');
    });

    it('has failed when the session is closed', async () => {
        const response = failure(session.messages.sendRequest('a', 1));
        await gateway.said(1);
        await session.close();
        await response;
        await failure(session.messages.sendRequest('b', 1));
        for (const span of await ended(2))
            expectFailed(span, 'SESSION_CLOSED');
    });

    it.each([new Error('enough'), null, undefined])('is cancelled by the signal, for whatever reason: %s', async reason => {
        const abort = new AbortController();
        const response = session.messages.sendRequest('a', 1, { signal: abort.signal }).then(() => 'answered', () => 'failed');
        await gateway.said(1);
        expect(exporter.getFinishedSpans()).toEqual([]);
        abort.abort(reason);
        expect(await response).toBe('failed');
        await session.messages.sendRequest('a', 1, { signal: abort.signal }).catch(() => undefined);
        for (const span of await ended(2))
            expectFailed(span, 'CANCELLED');
    });

    it('is none for what is refused before it is sent', async () => {
        await failure(session.messages.sendRequest('a', null));
        await failure(session.projects.sendMessage('', 'h'));
        expect(exporter.getFinishedSpans()).toEqual([]);
    });

    it('says of an unsampled trace that it is', async () => {
        const off = openTelemetry({ tracerProvider: new BasicTracerProvider({ sampler: new AlwaysOffSampler() }) });
        const other = await connectTo([gateway], { telemetry: off });
        answering();
        await other.messages.sendRequest('a', 1, { traceParent: GIVEN });
        const out = (await gateway.said(1))[7];
        expect(out).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
        expect(out).not.toContain(SPAN);
        await other.close();
    });

    it('tells of the gateway that the session is connected to', async () => {
        const next = new FakeGateway('b');
        const other = await connectTo([gateway, next], { telemetry });
        answering();
        next.answer = gateway.answer;
        const failedOver = event(other, 'failover');
        gateway.die();
        await failedOver;
        next.answer = (said, remote) => said[0] === 1 && next.send(remote, [4, said[1], 'text/plain', utf8('ok')]);
        await other.messages.sendRequest('a', 1);
        expect((await only()).attributes).toMatchObject({ 'server.address': 'gateway1', 'rabbitbridge.session.id': next.last.id });
        await other.close();
        gateway.isUp = true;
    });
});

describe('the address of a gateway', () => {
    it.each([
        ['http://a.example', 'a.example', 80], ['https://a.example/hub', 'a.example', 443], ['http://a.example:5000', 'a.example', 5000], ['http://[::1]:5000', '::1', 5000],
    ])('is host and port: %s', (address, host, port) => expect(serverAddress(address)).toEqual({ address: host, port }));
});

describe('the span of a request by a filter', () => {
    let failures: unknown[];

    async function send(options: RequestOptions = {}, onResponse: () => void = () => undefined): Promise<{ count: Promise<unknown>; id: unknown }> {
        failures = [];
        const callback = { onResponse, onResponseError: () => undefined, onError: (error: unknown) => failures.push(error) };
        const count = session.messages.sendRequestToFilter('all', 'a', 1, callback, options).catch((error: unknown) => error);
        return { count, id: (await gateway.said(2))[1] };
    }

    it('lasts until the last answer has come, whatever sessions say', async () => {
        const { count, id } = await send({ traceParent: GIVEN });
        gateway.send(gateway.last, [8, id, 2], [6, id, OTHER, 'text/plain', utf8('x')]);
        expect(await count).toBe(2);
        expect(exporter.getFinishedSpans()).toEqual([]);
        gateway.send(gateway.last, [7, id, 's2', 109, 'no']);
        const span = await only();
        expect(span).toMatchObject({ name: 'send a', kind: SpanKind.PRODUCER, parentSpanContext: { spanId: SPAN } });
        expect(span.attributes).toMatchObject({ ...SEND, 'rabbitbridge.send.target': 'filter' });
        expectWell(span);
        expect((await gateway.said(2))[7]).toBe(traceParentOf(span));
    });

    it('ends with the count if there is nobody', async () => {
        const { id } = await send();
        gateway.send(gateway.last, [8, id, 0]);
        expectWell(await only());
    });

    it('has failed if the gateway refuses', async () => {
        const { count, id } = await send();
        gateway.send(gateway.last, [5, id, 20005, 'no']);
        await count;
        expectFailed(await only(), 'INVALID_FILTER');
    });

    it('has failed if answers are lost after the count', async () => {
        const { count, id } = await send();
        gateway.send(gateway.last, [8, id, 2]);
        await count;
        await session.close();
        expectFailed(await only(), 'SESSION_CLOSED');
        expect(failures).toHaveLength(1);
    });

    it('is cancelled by the signal before the count, after it, and before it is sent', async () => {
        const abort = new AbortController();
        const first = await send({ signal: abort.signal });
        const second = await send({ signal: abort.signal });
        gateway.send(gateway.last, [8, first.id, 2]);
        await first.count;
        abort.abort();
        await second.count;
        const callback = { onResponse: () => undefined, onResponseError: () => undefined };
        await session.messages.sendRequestToFilter('all', 'a', 1, callback, { signal: abort.signal }).catch(() => undefined);
        for (const span of await ended(3))
            expectFailed(span, 'CANCELLED');
    });

    it('ends once when the last answer cancels it', async () => {
        const abort = new AbortController();
        const { count, id } = await send({ signal: abort.signal }, () => abort.abort());
        gateway.send(gateway.last, [8, id, 1], [6, id, OTHER, 'text/plain', utf8('x')]);
        await count;
        expectFailed(await only(), 'CANCELLED');
    });
});

describe('the span of what is handled', () => {
    it('continues the trace with which a request has come; what the handler sends is a child of it', async () => {
        answering();
        let seen: RequestContext | undefined;
        await session.messages.addRequestHandler('/a/', {
            onRequest: async (_request, given, responder) => {
                seen = given;
                await Promise.resolve();
                await session.messages.sendRequest('other', 1);
                responder.respond('done');
            },
        });
        deliver(7, 'a/b', 'a');
        await gateway.said(4);
        const [send, process] = await ended(2) as [ReadableSpan, ReadableSpan];
        expect(process).toMatchObject({
            name: 'process a', kind: SpanKind.CONSUMER, parentSpanContext: { traceId: TRACE, spanId: SPAN, isRemote: true } });
        expect(process.attributes).toEqual({ ...PROCESS, 'messaging.destination.name': 'a/b', 'messaging.destination.template': 'a' });
        expectWell(process);
        expect(seen?.traceParent).toBe(GIVEN);
        expect(send.parentSpanContext?.spanId).toBe(process.spanContext().spanId);
        expect((await gateway.said(1))[7]).toBe(traceParentOf(send));
    });

    it('has no parent if the request has no trace, whatever is current where it comes in', async () => {
        await session.messages.addRequestHandler('/', { onRequest: (_request, _context, responder) => responder.respond(1) });
        await within(async () => deliver(1, 'a/b', '/', null));
        const span = await only();
        expect(span.name).toBe('process /');
        expect(span.parentSpanContext).toBeUndefined();
    });

    it('is named after the path of a stream', async () => {
        session.messages.setRequestStream('a/b', { onRequest: (_path, _request, responder) => responder.respond(1) });
        deliver(1, 'a/b', null);
        const span = await only();
        expect(span).toMatchObject({ name: 'process a/b', kind: SpanKind.CONSUMER, parentSpanContext: { spanId: SPAN } });
        expect(span.attributes).toEqual({ ...PROCESS, 'messaging.destination.name': 'a/b' });
    });

    it('lasts until there is an answer, however long after the handler has returned', async () => {
        const answer = new Told<() => void>();
        session.messages.setRequestStream('a', { onRequest: async (_path, _request, responder) => answer.tell(() => responder.respond(1)) });
        deliver(1, 'a', null);
        const respond = await answer.promise;
        expect(exporter.getFinishedSpans()).toEqual([]);
        respond();
        expectWell(await only());
    });

    it.each<[string, RequestHandler['onRequest']]>([
        ['TypeError', () => { throw new TypeError('secret'); }],
        ['TypeError', async () => { throw new TypeError('secret'); }],
        ['RabbitBridgeError', () => failing()],
        ['_OTHER', () => Promise.reject(undefined)],
        ['REJECTED_REQUEST', (_request, _context, responder) => responder.reject('secret')],
        ['INVALID_DATA', (_request, _context, responder) => responder.respond(null)],
    ])('says %s of what a handler does: %s', async (type, onRequest) => {
        await session.messages.addRequestHandler('a', { onRequest, onError: () => undefined });
        deliver(1, 'a', 'a');
        await gateway.said(5);
        expectFailed(await only(), type);
    });

    async function failing(): Promise<void> {
        const { RabbitBridgeError } = await import('../../src/index.js');
        throw new RabbitBridgeError(ErrorReason.UNHANDLED_MESSAGE, 'secret');
    }

    it('has failed if the request cannot be read', async () => {
        session.messages.setRequestStream('a', { onRequest: () => undefined, onError: () => undefined }, datatypes.int64());
        deliver(1, 'a', null);
        expectFailed(await only(), 'INCOMPATIBLE_DATATYPE');
    });

    it('is cancelled when nobody waits; an answer after that changes nothing', async () => {
        const answer = new Told<() => void>();
        session.messages.setRequestStream('a', { onRequest: (_path, _request, responder) => answer.tell(() => responder.respond(1)) });
        deliver(1, 'a', null);
        const respond = await answer.promise;
        gateway.send(gateway.last, [3, 1]);
        respond();
        expectFailed(await only(), 'CANCELLED');
    });

    it('has failed when the session is lost, and when it is closed', async () => {
        let began = 0;
        session.messages.setRequestStream('a', { onRequest: () => void began++ });
        deliver(1, 'a', null);
        await atOnce(() => began === 1);
        const failedOver = event(session, 'failover');
        const lost = gateway.last;
        gateway.sessions.delete(lost.id);
        gateway.cut(lost);
        await failedOver;
        expectFailed(await only(), 'COMMUNICATION_FAILURE');
        deliver(1, 'a', null);
        await atOnce(() => began === 2);
        await session.close();
        expectFailed((await ended(2))[1]!, 'SESSION_CLOSED');
    });

    it('is none where there is no handler', async () => {
        deliver(1, 'a', null);
        await gateway.said(5);
        expect(exporter.getFinishedSpans()).toEqual([]);
    });

    it('is the handler\'s own, with many side by side', async () => {
        answering();
        const go = new Told<void>();
        let begun = 0;
        session.messages.setRequestStream('a', {
            onRequest: async (_path, _request, responder) => {
                const own = trace.getActiveSpan();
                begun++;
                await go.promise;
                await session.messages.sendRequest('other', 1);
                expect(trace.getActiveSpan()).toBe(own);
                responder.respond(1);
            },
        });
        const spanIds = Array.from({ length: 20 }, (_, i) => (i + 1).toString(16).padStart(16, '0'));
        spanIds.forEach((spanId, i) => deliver(i + 1, 'a', null, `00-${TRACE}-${spanId}-01`));
        await atOnce(() => begun === 20);
        go.tell();
        const spans = await ended(40);
        const processes = spans.filter(span => span.name === 'process a');
        processes.forEach(expectWell);
        expect(processes.map(span => span.parentSpanContext?.spanId).sort()).toEqual(spanIds);
        const parents = spans.filter(span => span.name === 'send other').map(span => span.parentSpanContext?.spanId);
        expect(parents.sort()).toEqual(processes.map(span => span.spanContext().spanId).sort());
    });
});

describe('the span of a project message', () => {
    it('lasts until the promise is settled, and has what the handler sends as a child', async () => {
        answering();
        let seen: string | undefined;
        await session.projects.addMessageHandler('h', async ({ traceParent }) => {
            seen = traceParent;
            await session.messages.sendRequest('other', 1);
        });
        tell('h');
        const [send, process] = await ended(2) as [ReadableSpan, ReadableSpan];
        expect(process).toMatchObject({
            name: 'process X/h', kind: SpanKind.CONSUMER, parentSpanContext: { traceId: TRACE, spanId: SPAN, isRemote: true } });
        expect(process.attributes).toEqual({ ...PROCESS, 'messaging.destination.name': 'X/h', 'messaging.destination.template': 'X/h' });
        expectWell(process);
        expect(send.parentSpanContext?.spanId).toBe(process.spanContext().spanId);
        expect(seen).toBe(GIVEN);
    });

    it('ends with a handler that gives no promise, and is one for each message', async () => {
        await session.projects.addMessageHandler('h', () => undefined);
        await within(async () => {
            tell('h', null);
            tell('h');
        });
        const [first, second] = await ended(2) as [ReadableSpan, ReadableSpan];
        expect(first.parentSpanContext).toBeUndefined();
        expect(second.parentSpanContext?.spanId).toBe(SPAN);
    });

    it('has failed if the handler has, or the message cannot be read', async () => {
        const onError = (): void => undefined;
        await session.projects.addMessageHandler('throws', { onMessage: () => { throw new TypeError('secret'); }, onError });
        await session.projects.addMessageHandler('rejects', { onMessage: async () => { throw new RangeError('secret'); }, onError });
        tell('throws');
        tell('rejects');
        tell('throws', GIVEN, '{');
        const types = (await ended(3)).map(span => span.attributes['error.type']);
        expect(types).toEqual(['TypeError', 'RangeError', 'INVALID_DATA']);
    });

    it('ends with the time of the handler, and not again with its promise', async () => {
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
        const done = new Told<void>();
        await session.projects.addMessageHandler('h', { onMessage: () => done.promise, onError: () => undefined });
        tell('h');
        await vi.advanceTimersByTimeAsync(30_000);
        expectFailed(await only(), 'REQUEST_TIME_OUT');
        done.tell();
        await done.promise;
        tell('nobody');
        await only();
    });
});

describe('metrics', () => {
    async function points(): Promise<Map<string, readonly DataPoint<unknown>[]>> {
        const { resourceMetrics, errors } = await reader.collect();
        expect(errors).toEqual([]);
        expect(resourceMetrics.scopeMetrics.map(({ scope }) => scope.name)).toEqual(['rabbitbridge']);
        const all = resourceMetrics.scopeMetrics[0]!.metrics;
        for (const { descriptor, dataPointType } of all) {
            const isDuration = descriptor.name.endsWith('.duration');
            expect(descriptor.unit).toBe(isDuration ? 's' : '{message}');
            expect(dataPointType).toBe(isDuration ? DataPointType.HISTOGRAM : DataPointType.SUM);
        }

        return new Map(all.map(metric => [metric.descriptor.name, metric.dataPoints]));
    }

    it('count and time what is sent, by target and outcome and never by path', async () => {
        answering();
        await session.messages.sendRequest('a/1', 1);
        await session.messages.sendRequest('a/2', 1);
        await session.projects.sendMessage('X', 'h');
        gateway.answer = (said, remote) => said[0] === 1 && gateway.send(remote, [5, said[1], 109, 'no']);
        await failure(session.messages.sendRequest('a/3', 1, OTHER));
        const all = await points();
        expect([...all.keys()].sort()).toEqual(['messaging.client.operation.duration', 'messaging.client.sent.messages']);
        const expected = [
            [{ ...SEND, 'rabbitbridge.send.target': 'path' }, 2],
            [{ ...SEND, 'rabbitbridge.send.target': 'project' }, 1],
            [{ ...SEND, 'rabbitbridge.send.target': 'session', 'error.type': 'UNHANDLED_MESSAGE' }, 1],
        ];
        expect(all.get('messaging.client.sent.messages')!.map(point => [point.attributes, point.value])).toEqual(expected);
        const durations = all.get('messaging.client.operation.duration') as readonly DataPoint<Histogram>[];
        expect(durations.map(point => [point.attributes, point.value.count])).toEqual(
            expected.map(([attributes, count]) => [attributes === PROCESS ? { ...PROCESS, 'error.type': 'TypeError' } : attributes, count]));
        expect(durations[0]!.value.buckets.boundaries).toEqual([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]);
        // Seconds, however slow this machine is.
        expect(durations[0]!.value.max).toBeLessThan(60);
        expect(durations[0]!.value.min).toBeGreaterThan(0);
    });

    it('count and time what is handled, by what handlers are registered for', async () => {
        await session.messages.addRequestHandler('a', { onRequest: (_request, _context, responder) => responder.respond(1) });
        session.messages.setRequestStream('s', { onRequest: () => { throw new TypeError('secret'); }, onError: () => undefined });
        await session.projects.addMessageHandler('h', () => undefined);
        deliver(1, 'a/1', 'a');
        deliver(2, 'a/2', 'a');
        deliver(3, 's', null);
        tell('h');
        await ended(4);
        const all = await points();
        expect([...all.keys()].sort()).toEqual(['messaging.client.consumed.messages', 'messaging.process.duration']);
        const expected = [
            [{ ...PROCESS, 'messaging.destination.template': 'a' }, 2],
            [PROCESS, 1],
            [{ ...PROCESS, 'messaging.destination.template': 'X/h' }, 1],
        ];
        expect(all.get('messaging.client.consumed.messages')!.map(point => [point.attributes, point.value])).toEqual(expected);
        const durations = all.get('messaging.process.duration') as readonly DataPoint<Histogram>[];
        expect(durations.map(point => [point.attributes, point.value.count])).toEqual(
            expected.map(([attributes, count]) => [attributes === PROCESS ? { ...PROCESS, 'error.type': 'TypeError' } : attributes, count]));
        expect(durations[0]!.value.buckets.boundaries).toHaveLength(14);
    });

    it('have instruments that are made once, for all sessions', async () => {
        const meter = new MeterProvider().getMeter('counted');
        const [histogram, counter] = [vi.spyOn(meter, 'createHistogram'), vi.spyOn(meter, 'createCounter')];
        const shared = openTelemetry({ meterProvider: { getMeter: () => meter } });
        answering();
        for (let i = 0; i < 2; i++) {
            const other = await connectTo([gateway], { telemetry: shared });
            await other.messages.sendRequest('a', 1);
            await other.messages.sendRequest('a', 1);
            await other.close();
        }

        expect(histogram).toHaveBeenCalledTimes(2);
        expect(counter).toHaveBeenCalledTimes(2);
    });
});

describe('without an SDK', () => {
    it('a trace context passes through as it is', async () => {
        const other = await connectTo([gateway], { telemetry: openTelemetry() });
        answering();
        for (const traceParent of [GIVEN, 't', `01-${TRACE}-${SPAN}-03-more`]) {
            await other.messages.sendRequest('a', 1, { traceParent });
            expect((await gateway.said(1))[7]).toBe(traceParent);
        }

        await other.messages.sendRequest('a', 1);
        expect((await gateway.said(1))[7]).toBeNull();
        await other.projects.sendMessage('X', 'h');
        expect(JSON.parse((await gateway.said(22))[2] as string)).not.toHaveProperty('traceParent');
        await other.close();
    });

    it('a handler sends on the trace with which it was called', async () => {
        const other = await connectTo([gateway], { telemetry: openTelemetry() });
        answering();
        other.messages.setRequestStream('a', {
            onRequest: async (_path, _request, responder) => responder.respond(await other.messages.sendRequest('b', 1)),
        });
        deliver(1, 'a', null);
        await gateway.said(4);
        expect((await gateway.said(1))[7]).toBe(GIVEN);
        await other.close();
    });

    it('that is registered later, spans are made all the same', async () => {
        const other = await connectTo([gateway], { telemetry: openTelemetry() });
        answering();
        trace.setGlobalTracerProvider(tracerProvider);
        try {
            await other.messages.sendRequest('a', 1);
            await only();
        } finally {
            trace.disable();
            metrics.disable();
        }

        await other.close();
    });
});

describe('telemetry that fails harms nothing', () => {
    const wrong = (): never => { throw new Error('wrong'); };
    const rejected = (): never => Promise.reject(new Error('wrong')) as never;
    const well = { traceParent: undefined, end: () => undefined };

    it.each<[string, Telemetry]>([
        ['throws at once', { send: wrong, process: wrong }],
        ['throws later', { send: () => ({ get traceParent() { return wrong(); }, end: wrong }), process: () => ({ run: wrong, end: wrong }) }],
        ['throws after the handler', { send: () => ({ ...well, end: wrong }), process: () => ({ run: handler => { handler(); wrong(); }, end: wrong }) }],
        ['gives promises that are rejected', { send: () => ({ ...well, end: rejected }), process: () => ({ run: rejected, end: rejected }) }],
        ['gives other things', { send: () => ({ traceParent: 7 }) as never, process: () => 'x' as never }],
    ])('if it %s', async (_, telemetry) => {
        const errors: unknown[] = [];
        const other = await connectTo([gateway], { project: 'X', telemetry });
        other.on('error', error => errors.push(error));
        answering();
        expect(await other.messages.sendRequest('a', 1, { traceParent: GIVEN })).toBe('ok');
        expect((await gateway.said(1))[7]).toBe(GIVEN);
        const count = other.messages.sendRequestToFilter('all', 'a', 1, { onResponse: () => undefined, onResponseError: () => undefined });
        gateway.send(gateway.last, [8, (await gateway.said(2))[1], 0]);
        expect(await count).toBe(0);
        expect(await other.projects.sendMessage('X', 'h')).toHaveLength(1);
        let handled = 0;
        other.messages.setRequestStream('a', { onRequest: (_path, request, responder) => responder.respond(`${request as string}${++handled}`) });
        deliver(1, 'a', null);
        expect(await gateway.said(4)).toEqual([4, 1, 'text/plain', utf8('x1')]);
        const told = new Told<void>();
        await other.projects.addMessageHandler('h', async () => told.tell());
        tell('h');
        await told.promise;
        await atOnce(() => errors.length >= 5);
        expect(handled).toBe(1);
        await other.close();
    });

    it('if it runs a handler twice, or later', async () => {
        for (const run of [(handler: () => void) => { handler(); handler(); }, async (handler: () => void) => { await null; handler(); }]) {
            const other = await connectTo([gateway], { telemetry: { send: () => well, process: () => ({ run, end: () => undefined }) } });
            let handled = 0;
            other.messages.setRequestStream('a', { onRequest: () => void handled++ });
            other.messages.setRequestStream('b', { onRequest: (_path, _request, responder) => responder.respond(1) });
            deliver(1, 'a', null);
            deliver(2, 'b', null);
            await gateway.said(4);
            gateway.messages.splice(0);
            expect(handled).toBe(1);
            await other.close();
        }
    });

    it('and a handler that fails is no failure of it', async () => {
        const errors: unknown[] = [];
        session.on('error', error => errors.push((error as Error).message));
        session.messages.setRequestStream('a', { onRequest: () => { throw new Error('the handler'); } });
        deliver(1, 'a', null);
        expect(await gateway.said(5)).toEqual([5, 1, 105, "The handler for 'a' failed."]);
        expect(errors).toEqual(['the handler']);
    });
});

describe('options', () => {
    it.each([null, {}, 'x', { send: () => undefined }, { process: () => undefined, send: 1 }])('of connect are refused: %j', async wrong => {
        const error = await failure(connectTo([gateway], { telemetry: wrong as never }));
        expect(error.reason).toBe(ErrorReason.INVALID_DATA);
        expect(error.message).toMatch(/^telemetry is what openTelemetry\(\) of rabbitbridge\/opentelemetry gives/);
    });

    it.each([null, 'x', { tracerProvider: {} }, { meterProvider: null }, { meterProvider: 'x' }])('of openTelemetry are refused: %j', wrong => {
        expect(() => openTelemetry(wrong as never)).toThrow(expect.objectContaining({ reason: ErrorReason.INVALID_DATA }) as RabbitBridgeError);
    });
});

describe('the package', () => {
    it('needs OpenTelemetry for its own entry only', async () => {
        const { metafile } = await build({
            entryPoints: ['src/index.ts'], bundle: true, write: false, metafile: true, format: 'esm', platform: 'browser', packages: 'external',
        });
        const imports = Object.values(metafile.inputs).flatMap(input => input.imports.map(imported => imported.path));
        expect(imports).toContain('@msgpack/msgpack');
        expect(imports.filter(path => /opentelemetry/i.test(path))).toEqual([]);
    });

    it('sends what it is given without telemetry, as ever', async () => {
        const other = await connectTo([gateway]);
        answering();
        await within(() => other.messages.sendRequest('a', 1));
        expect((await gateway.said(1))[7]).toBeNull();
        await other.messages.sendRequest('a', 1, { traceParent: GIVEN });
        const message: Message = await gateway.said(1, 2);
        expect(message[7]).toBe(GIVEN);
        expect(exporter.getFinishedSpans()).toEqual([]);
        await other.close();
    });
});
