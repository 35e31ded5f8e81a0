import type { Reason } from './error-reason.js';

/** What every failed operation of this library ends with. */
export class RabbitBridgeError extends Error {
    /** Why it failed; one of `ErrorReason`. */
    readonly reason: Reason;

    /**
     * @param reason why it failed
     * @param message what happened, for people
     * @param cause the error behind it, if there is one
     */
    constructor(reason: Reason, message: string, cause?: unknown) {
        super(message, cause === undefined ? undefined : { cause });
        this.name = 'RabbitBridgeError';
        this.reason = reason;
    }
}
