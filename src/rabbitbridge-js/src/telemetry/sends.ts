import type { Channel } from '../link/channel.js';
import type { SendTarget } from './contracts.js';
import { errorType } from './error-type.js';

/** What is sent, and how its caller has it traced and cancelled. */
interface Sent {
    readonly destination: string;
    readonly target: SendTarget;
    readonly traceParent: string | undefined;
    readonly signal?: AbortSignal | undefined;
}

/** A message that is under way, told of or not. */
interface Begun {
    /** What goes out with it. */
    readonly traceParent: string | undefined;
    /** It has come to its end, or has failed; the first time counts. */
    readonly ended: (error?: unknown) => void;
}

/** Tells of a message that is about to be sent. */
export function beginSend(channel: Channel, sent: Sent): Begun {
    const { destination, target, traceParent, signal } = sent;
    const sending = channel.telemetry?.send({ destination, target, traceParent, sessionId: channel.sessionId, server: channel.server });
    return {
        traceParent: sending?.traceParent ?? traceParent,
        // An aborted signal's reason may be null.
        ended: error => sending?.end(error === undefined ? undefined : errorType(error, signal)),
    };
}

/**
 * Tells of a message from when it is sent until its promise is settled.
 *
 * @param send sends it at once, with this `traceparent`
 */
export function measured<T>(channel: Channel, sent: Sent, send: (traceParent: string | undefined) => Promise<T>): Promise<T> {
    return channel.telemetry === undefined ? send(sent.traceParent) : untilSettled(beginSend(channel, sent), send);
}

async function untilSettled<T>({ traceParent, ended }: Begun, send: (traceParent: string | undefined) => Promise<T>): Promise<T> {
    try {
        const answer = await send(traceParent);
        ended();
        return answer;
    } catch (error) {
        ended(error);
        throw error;
    }
}
