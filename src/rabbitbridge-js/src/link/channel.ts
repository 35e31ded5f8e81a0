import type { Calls } from './calls.js';

/** What the features need of the session that they belong to. */
export interface Channel {
    /** The id of the session; changes when a new one takes over. */
    readonly sessionId: string;
    /** The largest value that may be sent. */
    readonly maxMessageBytes: number;
    /** The time of a request that names none; 0 for no limit. */
    readonly requestMilliseconds: number;
    /** The time of requests that the application has set for the session. */
    readonly requestTimeout: number | undefined;
    /** Which session this is: grows when a new one takes over. */
    readonly generation: number;
    /** What waits for answers. */
    readonly calls: Calls;

    /**
     * Sends a message, now or when there is a connection.
     *
     * @param id its number, for a message that may be withdrawn
     */
    post(message: Uint8Array, id?: number): void;

    /**
     * Nobody waits for what was asked under a number: it does not go out if it has not yet.
     *
     * @returns whether it certainly does not
     */
    withdraw(id: number): boolean;

    /** @throws RabbitBridgeError SESSION_CLOSED, or OVERLOADED if too much waits for a connection */
    checkOpen(): void;

    /** Reports what has nowhere else to go. */
    report(error: unknown): void;

    /**
     * Calls the application. What it throws, or what the promise is rejected with that it gives, must neither end the process nor keep other
     * messages from being read: it is reported.
     */
    call(callback: () => unknown): void;
}
