import type { DataType } from '../data/data-type.js';
import { ErrorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import { isThenable, tellError, type Callbacks } from '../link/callbacks.js';
import type { Channel } from '../link/channel.js';
import type { Delivery } from '../link/incoming.js';
import type { Link } from '../link/link.js';
import { outgoing } from '../link/outgoing.js';
import { CANCELLED, thrownType } from '../telemetry/error-type.js';
import type { Responder } from './contracts.js';
import { RequestResponder } from './request-responder.js';
import { read } from './values.js';

/** Who takes a request: a handler or a stream. */
export interface Receiver {
    readonly callbacks: Callbacks;
    readonly requestType: DataType | undefined;
    readonly responseType: DataType | undefined;
    /** Calls the application. */
    invoke(request: unknown, delivery: Delivery, responder: Responder): unknown;
}

/** Brings requests from the gateway to handlers and streams. */
export class Receivers {
    readonly #channel: Channel;
    readonly #find: (delivery: Delivery) => Receiver | undefined;
    // By the numbers that their gateways have given them.
    readonly #open = new Map<Link, Map<number, RequestResponder>>();

    constructor(channel: Channel, find: (delivery: Delivery) => Receiver | undefined) {
        this.#channel = channel;
        this.#find = find;
    }

    deliver(delivery: Delivery, link: Link): void {
        const receiver = this.#find(delivery);
        if (receiver === undefined) {
            link.post(outgoing.error(delivery.id, ErrorReason.UNHANDLED_MESSAGE.id, delivery.branch === undefined
                ? `Session ${this.#channel.sessionId} has no registered streams for message sent to path '${delivery.path}'`
                : `Session ${this.#channel.sessionId} has no handler for '${delivery.branch}' any more.`));
            return;
        }

        const { telemetry, server } = this.#channel;
        const handling = telemetry?.process({ destination: delivery.path, branch: delivery.branch, server, traceParent: delivery.traceParent });
        const open = this.#openOf(link);
        const responder = new RequestResponder(this.#channel, link, delivery, receiver.responseType, error => {
            open.delete(delivery.id);
            handling?.end(error);
        });
        open.set(delivery.id, responder);
        let request: unknown;
        try {
            request = read('request', delivery.content, receiver.requestType);
        } catch (error) {
            const { reason, message } = error instanceof RabbitBridgeError ? error : new RabbitBridgeError(ErrorReason.INVALID_DATA, String(error));
            responder.fail(reason, message);
            tellError(this.#channel, receiver.callbacks, error);
            return;
        }

        const failed = (error: unknown): void => {
            responder.fail(ErrorReason.CALLBACK_EXCEPTION, `The handler for '${delivery.path}' failed.`, thrownType(error));
            tellError(this.#channel, receiver.callbacks, error);
        };
        const handle = (): void => {
            try {
                const result = receiver.invoke(request, delivery, responder);
                if (isThenable(result))
                    result.then(undefined, failed);
            } catch (error) {
                failed(error);
            }
        };
        if (handling === undefined)
            handle();
        else
            handling.run(handle);
    }

    /** Whoever asked does not wait any more. */
    cancel(id: number, link: Link): void {
        this.#open.get(link)?.get(id)?.abandon(CANCELLED);
    }

    /** A gateway is gone, or all of them: nobody there waits any more. */
    abandonAll(why: keyof typeof ErrorReason, link?: Link): void {
        for (const [from, open] of [...this.#open]) {
            if (link !== undefined && from !== link)
                continue;
            this.#open.delete(from);
            for (const responder of [...open.values()])
                responder.abandon(why);
        }
    }

    #openOf(link: Link): Map<number, RequestResponder> {
        let open = this.#open.get(link);
        if (open === undefined)
            this.#open.set(link, open = new Map());
        return open;
    }
}
