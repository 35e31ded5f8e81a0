import { errorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import { ProtocolError } from './protocol-error.js';

/** What a client says first. */
export interface OpenRequest {
    readonly version: 1;
    readonly clientType: 'JAVASCRIPT_BROWSER' | 'JAVASCRIPT_NODE';
    readonly principal: string | null;
    readonly password: string | null;
    readonly token: string | null;
    readonly properties: Readonly<Record<string, string>> | null;
    readonly project: string | null;
    readonly hostName: string | null;
    readonly resume: ResumeRequest | null;
}

/** A session to go on with. */
export interface ResumeRequest {
    readonly session: string;
    readonly key: string;
    readonly received: number;
}

/** What the gateway answers. */
export interface OpenReply {
    readonly session: string;
    readonly key: string;
    readonly principal: string;
    readonly properties: Record<string, string>;
    readonly gateway: string;
    readonly resumed: boolean;
    readonly received: number;
    readonly graceMilliseconds: number;
    readonly maxMessageBytes: number;
    readonly maxQueueBytes: number;
    readonly requestMilliseconds: number;
}

/**
 * Reads the answer to Open.
 *
 * @throws RabbitBridgeError the gateway refused, for the reason that it gives
 * @throws ProtocolError it is no answer
 */
export function readOpenReply(text: string): OpenReply {
    const reply = parse(text);
    if (reply.error !== undefined && reply.error !== null)
        throw new RabbitBridgeError(errorReason(reply.error.reason), reply.error.message);
    if (typeof reply.session !== 'string' || typeof reply.key !== 'string')
        throw new ProtocolError('The gateway has answered Open without a session.');
    return {
        session: reply.session,
        key: reply.key,
        principal: reply.principal ?? '',
        properties: reply.properties ?? {},
        gateway: reply.gateway ?? '',
        resumed: reply.resumed ?? false,
        received: reply.received ?? 0,
        graceMilliseconds: reply.graceMilliseconds ?? 0,
        maxMessageBytes: reply.maxMessageBytes ?? Infinity,
        maxQueueBytes: reply.maxQueueBytes ?? Infinity,
        requestMilliseconds: reply.requestMilliseconds ?? 0,
    };
}

function parse(text: string): Partial<OpenReply> & { error?: { reason: number; message: string } | null } {
    try {
        return JSON.parse(text) as ReturnType<typeof parse>;
    } catch (error) {
        throw new ProtocolError('The gateway has answered Open with something else than JSON.', { cause: error });
    }
}

/** Where this code runs. */
export function clientType(): OpenRequest['clientType'] {
    const { process } = globalThis as { process?: { versions?: { node?: string } } };
    return typeof process?.versions?.node === 'string' ? 'JAVASCRIPT_NODE' : 'JAVASCRIPT_BROWSER';
}
