import { isSpanContextValid, type SpanContext } from '@opentelemetry/api';

// Later versions may have more after the flags.
const FORM = /^(?:00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})|(?!00|ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?)$/;

/** Reads a W3C `traceparent` of another process; `undefined` for what is none. */
export function readTraceParent(text: string | undefined): SpanContext | undefined {
    const [, ...groups] = FORM.exec(text ?? '') ?? [];
    const [traceId, spanId, flags] = groups.filter(group => group !== undefined);
    if (traceId === undefined || spanId === undefined || flags === undefined)
        return undefined;
    const read = { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
    return isSpanContextValid(read) ? read : undefined;
}

/** Writes a W3C `traceparent`. */
export function writeTraceParent({ traceId, spanId, traceFlags }: SpanContext): string {
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
