import type { Attributes, Context, Counter, Histogram, Meter } from '@opentelemetry/api';

/** What OpenTelemetry's conventions advise for durations, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** An instrument to be made. */
interface Named {
    readonly name: string;
    readonly description: string;
}

/** How many messages are sent or handled, and how long that takes. */
export class Instruments {
    readonly #duration: Histogram;
    readonly #messages: Counter;

    constructor(meter: Meter, duration: Named, messages: Named) {
        this.#duration = meter.createHistogram(duration.name, {
            description: duration.description, unit: 's', advice: { explicitBucketBoundaries: BUCKETS } });
        this.#messages = meter.createCounter(messages.name, { description: messages.description, unit: '{message}' });
    }

    /**
     * A message has come to its end.
     *
     * @param beganAt the `performance.now()` of its beginning
     * @param context where its span is found
     */
    record(beganAt: number, attributes: Attributes, context: Context): void {
        this.#duration.record((performance.now() - beganAt) / 1000, attributes, context);
    }

    /** One message more. */
    count(attributes: Attributes, context: Context): void {
        this.#messages.add(1, attributes, context);
    }
}
