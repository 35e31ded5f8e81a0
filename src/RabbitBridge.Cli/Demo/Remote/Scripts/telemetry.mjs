// Spans of the Node session, where somebody wants them: to OTEL_EXPORTER_OTLP_ENDPOINT. The SDK is the one that the package is tested with.
import { createRequire } from 'node:module';

/** @param library the URL of the built package's index.js */
export async function startTelemetry(library) {
    if (!process.env.OTEL_EXPORTER_OTLP_ENDPOINT)
        return { telemetry: undefined, end: async () => undefined };
    const require = createRequire(library);
    const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
    const { resourceFromAttributes } = require('@opentelemetry/resources');
    const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');
    const { openTelemetry } = await import(new URL('opentelemetry/index.js', library));
    const tracerProvider = new BasicTracerProvider({
        resource: resourceFromAttributes({ 'service.name': 'rabbitbridge-demo', 'service.instance.id': 'node' }),
        spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
    });
    return { telemetry: openTelemetry({ tracerProvider }), end: () => tracerProvider.shutdown() };
}
