import type { MeterProvider, TracerProvider } from '@opentelemetry/api';

/** What `openTelemetry` takes. */
export interface OpenTelemetryOptions {
    /** Gives the tracer. The default is the global one, be it registered before or after. */
    readonly tracerProvider?: TracerProvider;
    /** Gives the meter. The default is the global one; it must be registered before, or nothing is counted. */
    readonly meterProvider?: MeterProvider;
}
