import {
    context, isSpanContextValid, metrics, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace,
    type Attributes, type Context, type Span,
} from '@opentelemetry/api';
import { invalidData, kindOf } from '../data/data-type.js';
import type { ServerAddress, Telemetry } from '../telemetry/contracts.js';
import { Instruments } from './instruments.js';
import type { OpenTelemetryOptions } from './options.js';
import { readTraceParent, writeTraceParent } from './trace-parent.js';

/** The name of tracer and meter. */
const NAME = 'rabbitbridge';

/**
 * Spans and metrics of the messages that sessions send and handle, by OpenTelemetry's messaging conventions; for the option `telemetry` of
 * `connect`. One may serve any number of sessions. For spans to become children of those around them, a context manager must be registered.
 *
 * @param options where spans and metrics go; the default is what is registered globally. Call it after your SDK is started.
 * @throws RabbitBridgeError INVALID_DATA if the options are none, or a provider is none
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Telemetry {
    if (typeof options !== 'object' || options === null)
        throw invalidData(`openTelemetry takes nothing, or options: { tracerProvider, meterProvider }; not ${kindOf(options)}.`);
    checkProvider('tracerProvider', options.tracerProvider, 'getTracer');
    checkProvider('meterProvider', options.meterProvider, 'getMeter');
    const tracer = (options.tracerProvider ?? trace).getTracer(NAME);
    const meter = (options.meterProvider ?? metrics).getMeter(NAME);
    const sent = new Instruments(
        meter,
        { name: 'messaging.client.operation.duration', description: 'Time from sending a message to its outcome.' },
        { name: 'messaging.client.sent.messages', description: 'Messages that were sent and have their outcome.' });
    const processed = new Instruments(
        meter,
        { name: 'messaging.process.duration', description: 'Time from calling a handler to its outcome.' },
        { name: 'messaging.client.consumed.messages', description: 'Messages for which a handler was called.' });
    return {
        send: ({ destination, target, sessionId, server, traceParent }) => {
            const attributes = { ...operation('send', server), 'rabbitbridge.send.target': target };
            const given = readTraceParent(traceParent);
            const parent = given === undefined ? context.active() : trace.setSpanContext(context.active(), given);
            const span = tracer.startSpan(`send ${destination}`, {
                kind: SpanKind.PRODUCER,
                attributes: { ...attributes, 'messaging.destination.name': destination, 'rabbitbridge.session.id': sessionId },
            }, parent);
            const own = span.spanContext();
            return {
                // Without an SDK there is no span but the parent itself, whose text stays as it was given.
                traceParent: isSpanContextValid(own) && own.spanId !== given?.spanId ? writeTraceParent(own) : undefined,
                end: ending(span, parent, (beganAt, told, within) => {
                    sent.record(beganAt, told, within);
                    sent.count(told, within);
                }, attributes),
            };
        },
        process: ({ destination, branch, server, traceParent }) => {
            const common = { ...operation('process', server), ...(branch === undefined ? {} : { 'messaging.destination.template': branch }) };
            const given = readTraceParent(traceParent);
            // What is current here is whatever the connection was made in.
            const parent = given === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, given);
            const span = tracer.startSpan(`process ${branch ?? destination}`, {
                kind: SpanKind.CONSUMER,
                attributes: { ...common, 'messaging.destination.name': destination },
            }, parent);
            const within = trace.setSpan(parent, span);
            processed.count(common, within);
            return {
                run: handler => context.with(within, handler),
                end: ending(span, parent, (beganAt, told, where) => processed.record(beganAt, told, where), common),
            };
        },
    };
}

function operation(name: 'send' | 'process', server: ServerAddress): Attributes {
    return {
        'messaging.system': NAME,
        'messaging.operation.name': name,
        'messaging.operation.type': name,
        'server.address': server.address,
        'server.port': server.port,
    };
}

/** @param attributes what is measured with; of any values there are few */
function ending(span: Span, parent: Context, record: Instruments['record'], attributes: Attributes): (error?: string) => void {
    const beganAt = performance.now();
    return error => {
        record(beganAt, error === undefined ? attributes : { ...attributes, 'error.type': error }, trace.setSpan(parent, span));
        // Texts of errors may tell what is not for everybody.
        if (error !== undefined)
            span.setStatus({ code: SpanStatusCode.ERROR, message: error }).setAttribute('error.type', error);
        span.end();
    };
}

function checkProvider(name: string, provider: unknown, method: string): void {
    if (provider !== undefined && typeof (provider as Record<string, unknown> | null)?.[method] !== 'function')
        throw invalidData(`${name} is a provider of OpenTelemetry's, which has a function ${method}; ${kindOf(provider)} has none.`);
}
