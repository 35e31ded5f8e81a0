import { invalidData } from '../data/data-type.js';
import { readPlainJson } from '../data/datatypes.js';
import { ErrorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import { isThenable, tellError } from '../link/callbacks.js';
import type { Channel } from '../link/channel.js';
import type { ProjectDelivery } from '../link/incoming.js';
import { NamedRegistration, NamedRegistrations } from '../link/named-registrations.js';
import { outgoing } from '../link/outgoing.js';
import type { Registration } from '../messages/contracts.js';
import { errorType, thrownType } from '../telemetry/error-type.js';
import type { MessageHandler, ProjectMessage } from './contracts.js';
import { MessageQueue } from './message-queue.js';

/** So many messages may wait for the handlers. */
const MAX_QUEUED = 10_000;

/** And so many bytes, of which the last message may have more. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/** So long, in milliseconds, is a promise waited for: the same as a gateway gives its own handlers. */
const TIME_LIMIT = 30_000;

interface Queued {
    readonly header: Header;
    readonly payload: Uint8Array;
}

interface Header {
    readonly project: string;
    readonly handler: string;
    readonly sender: string;
    readonly principal: string;
    readonly roles: readonly string[];
    readonly traceParent?: string;
}

/** The session's message handlers, one for each name, and the queue that they share. */
export class MessageHandlers {
    readonly #channel: Channel;
    readonly #byName: NamedRegistrations<NamedRegistration<MessageHandler>>;
    readonly #queue = new MessageQueue<Queued>(MAX_QUEUED, MAX_QUEUED_BYTES, message => this.#handle(message));

    constructor(channel: Channel) {
        this.#channel = channel;
        this.#byName = new NamedRegistrations(channel);
    }

    add(name: string, handler: MessageHandler): Promise<Registration> {
        return this.#byName.add(new NamedRegistration(this.#channel, name, handler, {
            what: `message handler '${name}'`,
            add: id => outgoing.addMessageHandler(id, name),
            remove: id => outgoing.removeMessageHandler(id, name),
        }));
    }

    deliver({ header: text, payload }: ProjectDelivery): void {
        let header: Header;
        try {
            header = JSON.parse(text) as Header;
        } catch (error) {
            this.#channel.report(invalidData(`A project message cannot be read: ${(error as Error).message}`, error));
            return;
        }

        if (!this.#queue.put({ header, payload }))
            this.#failed(header.handler, new RabbitBridgeError(ErrorReason.OVERLOADED, `A message for '${header.handler}' was dropped: ${MAX_QUEUED} wait already, or ${MAX_QUEUED_BYTES} bytes.`));
    }

    /** Registers the handlers in a new session. */
    restore(): Promise<void> {
        return this.#byName.restore();
    }

    /** The session is closed. */
    closeAll(): void {
        this.#byName.closeAll();
    }

    // Gives a promise, which is never rejected, if there is something to wait for.
    #handle({ header, payload }: Queued): Promise<unknown> | undefined {
        const { project, handler, sender, principal, roles, traceParent } = header;
        const callbacks = this.#byName.find(handler)?.callbacks;
        // It was closed while the message was on its way.
        if (callbacks === undefined)
            return undefined;
        const { telemetry, server } = this.#channel;
        // The gateway may write null for no trace.
        const destination = `${project}/${handler}`;
        const handling = telemetry?.process({ destination, branch: destination, server, traceParent: traceParent ?? undefined });
        const failed = (error: unknown, type: string): void => {
            handling?.end(type);
            this.#failed(handler, error);
        };
        const thrown = (error: unknown): void => failed(error, thrownType(error));
        let value: ProjectMessage['payload'];
        try {
            value = readPlainJson(payload) as ProjectMessage['payload'];
        } catch (error) {
            failed(error, errorType(error));
            return undefined;
        }

        let handled: Promise<unknown> | undefined;
        const handle = (): void => {
            try {
                const result = callbacks.onMessage({ project, messageHandler: handler, payload: value, sender, principal, roles, traceParent });
                if (isThenable(result))
                    handled = this.#waitFor(handler, Promise.resolve(result).then(() => handling?.end(), thrown), error => failed(error, errorType(error)));
                else
                    handling?.end();
            } catch (error) {
                thrown(error);
            }
        };
        if (handling === undefined)
            handle();
        else
            handling.run(handle);
        return handled;
    }

    #waitFor(name: string, handled: Promise<unknown>, failed: (error: unknown) => void): Promise<unknown> {
        return new Promise<unknown>(resolve => {
            const timer = setTimeout(() => {
                failed(new RabbitBridgeError(
                    ErrorReason.REQUEST_TIME_OUT, `The message handler '${name}' took longer than ${TIME_LIMIT} ms; the next message goes on without it.`));
                resolve(undefined);
            }, TIME_LIMIT);
            void handled.then(() => {
                clearTimeout(timer);
                resolve(undefined);
            });
        });
    }

    #failed(name: string, error: unknown): void {
        tellError(this.#channel, this.#byName.find(name)?.callbacks ?? {}, error);
    }
}
