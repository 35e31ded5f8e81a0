import { invalidData, kindOf } from '../data/data-type.js';
import { readPlainJson } from '../data/datatypes.js';
import { ask, controlTime, type Wait } from '../link/ask.js';
import type { Channel } from '../link/channel.js';
import type { ProjectDelivery } from '../link/incoming.js';
import { outgoing } from '../link/outgoing.js';
import type { Registration } from '../messages/contracts.js';
import { milliseconds } from '../options.js';
import { measured } from '../telemetry/sends.js';
import { checkName, textOrNothing, textsOrNothing, writePayload } from './checks.js';
import type { MessageHandler, ProjectMessage, ProjectRequestOptions, SendMessageOptions } from './contracts.js';
import { MessageHandlers } from './message-handlers.js';
import { MessageReceipt, type ToldReceipt } from './message-receipt.js';
import { MessageSelection } from './message-selection.js';

/**
 * The Projects feature of a session: messages to handlers of a project, at gateways and in client sessions, and requests to the handlers at
 * gateways. It is what Ignition's `system.util.sendMessage` and `sendRequest` do. Any session may send; who is heard, each handler's roles decide.
 */
export class Projects {
    readonly #channel: Channel;
    readonly #handlers: MessageHandlers;

    /** @internal */
    constructor(channel: Channel) {
        this.#channel = channel;
        this.#handlers = new MessageHandlers(channel);
    }

    /**
     * Sends a message to the handlers of a name. A session's messages to one handler arrive in the order in which they were sent.
     *
     * @param project the project
     * @param messageHandler the handler's name
     * @param payload a JSON object; the default is an empty one
     * @param options what narrows it, and the gateways to deliver it at
     * @returns what was selected, and what became of it: of each server in turn the gateway first, then its sessions
     * @throws RabbitBridgeError INVALID_DATA if a name is empty, an option wrong, or the payload no JSON object or too large: nothing was sent;
     * SESSION_CLOSED; COMMUNICATION_FAILURE if the session was lost meanwhile; REQUEST_TIME_OUT; OVERLOADED
     */
    async sendMessage(
        project: string, messageHandler: string, payload?: object | null, options?: SendMessageOptions | null): Promise<readonly MessageReceipt[]> {
        const given = options ?? {};
        const selection = new MessageSelection(given);
        const servers = textsOrNothing('remoteServers', given.remoteServers);
        const answer = await this.#send(
            project, messageHandler, payload, { ...selection, servers }, textOrNothing('traceParent', given.traceParent),
            { milliseconds: controlTime(this.#channel), what: `The message to '${messageHandler}'` });
        return (answer as ToldReceipt[]).map(receipt => new MessageReceipt(project, messageHandler, selection, receipt));
    }

    /**
     * Sends a request to a gateway's handler, and waits for its answer.
     *
     * @param project the project
     * @param messageHandler the handler's name
     * @param payload a JSON object; the default is an empty one
     * @param options the gateway, and the limits of this request
     * @returns the answer, a plain JSON value
     * @throws RabbitBridgeError UNHANDLED_MESSAGE if there is no such handler; ACCESS_DENIED if it is not for the session's roles;
     * COMMUNICATION_FAILURE if the server is not known or was lost; REQUEST_TIME_OUT; CALLBACK_EXCEPTION if the handler failed; REJECTED_REQUEST;
     * OVERLOADED; INVALID_DATA as for `sendMessage`; SESSION_CLOSED
     */
    async sendRequest<TResponse = unknown>(
        project: string, messageHandler: string, payload?: object | null, options?: ProjectRequestOptions | null): Promise<TResponse> {
        const { remoteServer, timeout, signal, traceParent } = options ?? {};
        const server = textOrNothing('remoteServer', remoteServer);
        const told = milliseconds('timeout', timeout) ?? this.#channel.requestTimeout;
        const answer = await this.#send(
            project, messageHandler, payload,
            { isRequest: true, servers: server === undefined ? undefined : [server], milliseconds: told }, textOrNothing('traceParent', traceParent),
            { milliseconds: told ?? this.#channel.requestMilliseconds, signal, what: `The request to '${messageHandler}'` });
        return answer as TResponse;
    }

    /**
     * Handles messages that are sent to the clients of the session's project, which is an option of `connect`. When a new session takes over after
     * a loss, the handler is registered there, be it again or because that was under way.
     *
     * @param messageHandler the handler's name
     * @param handler called for each message; a function is the `onMessage` of a handler
     * @returns what removes the handler
     * @throws RabbitBridgeError HANDLER_CONFLICT if this session has a handler of this name; UNSUPPORTED if it belongs to no project; INVALID_DATA;
     * SESSION_CLOSED; COMMUNICATION_FAILURE; REQUEST_TIME_OUT
     */
    async addMessageHandler<TPayload = Record<string, unknown>>(
        messageHandler: string, handler: MessageHandler<TPayload> | ((message: ProjectMessage<TPayload>) => unknown)): Promise<Registration> {
        checkName('message handler', messageHandler);
        const callbacks = typeof handler === 'function' ? { onMessage: handler } : handler;
        if (typeof callbacks?.onMessage !== 'function')
            throw invalidData(`A message handler is a function, or has a function onMessage; it is not ${kindOf(handler)}.`);
        return this.#handlers.add(messageHandler, callbacks as MessageHandler);
    }

    /** @internal */
    deliver(delivery: ProjectDelivery): void {
        this.#handlers.deliver(delivery);
    }

    /** @internal */
    restore(): Promise<void> {
        return this.#handlers.restore();
    }

    /** @internal */
    close(): void {
        this.#handlers.closeAll();
    }

    // Nothing is waited for before it is posted: messages go out in the order of the calls.
    async #send(
        project: string, handler: string, payload: unknown, what: Readonly<Record<string, unknown>>, given: string | undefined, wait: Wait): Promise<unknown> {
        checkName('project', project);
        checkName('message handler', handler);
        const bytes = writePayload(payload, this.#channel.maxMessageBytes);
        const sent = { destination: `${project}/${handler}`, target: 'project', traceParent: given, signal: wait.signal } as const;
        return measured(this.#channel, sent, async traceParent => {
            const header = JSON.stringify({ project, handler, ...what, traceParent });
            const answer = await ask(this.#channel, id => outgoing.projectSend(id, header, bytes), { ...wait, isRequest: true });
            return answer === undefined ? undefined : readPlainJson(answer.payload);
        });
    }
}
