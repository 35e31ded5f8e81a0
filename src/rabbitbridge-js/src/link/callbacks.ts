import type { Channel } from './channel.js';

/** What the application gave to be called, in part. */
export interface Callbacks {
    onError?(error: unknown): unknown;
    onClose?(): unknown;
}

/** Tells who is not called any more. */
export function tellClosed(channel: Channel, callbacks: Callbacks): void {
    channel.call(() => callbacks.onClose?.());
}

/** Tells of an error. */
export function tellError(channel: Channel, callbacks: Callbacks, error: unknown): void {
    if (callbacks.onError === undefined)
        channel.report(error);
    else
        channel.call(() => callbacks.onError!(error));
}

/** Passes on what the promise is rejected with that a callback may have given: nobody else looks at it. */
export function observe(result: unknown, failed: (error: unknown) => void): void {
    if (isThenable(result))
        result.then(undefined, failed);
}

/** Whether a callback has given a promise. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
    return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}
