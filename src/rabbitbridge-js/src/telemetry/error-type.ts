import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';

/** What ends because nobody waits any more has failed with this. */
export const CANCELLED = 'CANCELLED';

/** The name of what a handler has thrown: errors of what it had asked for itself are none of its request's. */
export function thrownType(error: unknown): string {
    // What OpenTelemetry says for errors without a name.
    return error instanceof Error ? error.name : '_OTHER';
}

/**
 * The name of what something failed with.
 *
 * @param signal the caller's; whatever reason it was aborted for
 */
export function errorType(error: unknown, signal?: AbortSignal): string {
    if (signal?.aborted === true && error === signal.reason)
        return CANCELLED;
    return error instanceof RabbitBridgeError ? error.reason.name : thrownType(error);
}
