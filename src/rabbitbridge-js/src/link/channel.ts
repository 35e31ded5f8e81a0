import type { ServerAddress, Telemetry } from '../telemetry/contracts.js';
import type { Calls } from './calls.js';
import type { Link } from './link.js';

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
    /** Where the gateway is that the session is connected to, or was last. */
    readonly server: ServerAddress;
    /** What is told of messages, if anything is; it does not throw. */
    readonly telemetry: Telemetry | undefined;
    /** What waits for answers. */
    readonly calls: Calls;

    /** The exchange of messages of the session; another one when a new one takes over. */
    readonly link: Link;

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
