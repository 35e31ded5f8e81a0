import type { DataType } from '../data/data-type.js';
import type { Channel } from '../link/channel.js';
import type { Delivery } from '../link/incoming.js';
import { NamedRegistration, NamedRegistrations } from '../link/named-registrations.js';
import { outgoing } from '../link/outgoing.js';
import type { Registration, RequestHandler, Responder } from './contracts.js';
import type { Receiver } from './receivers.js';

class Handler extends NamedRegistration<RequestHandler> implements Receiver {
    readonly responseType = undefined;

    constructor(channel: Channel, path: string, callbacks: RequestHandler, keys: readonly string[], readonly requestType: DataType | undefined) {
        super(channel, path, callbacks, {
            what: `handler on '${path}'`,
            add: id => outgoing.addHandler(id, path, keys, false),
            remove: id => outgoing.removeHandler(id, path),
        });
    }

    invoke(request: unknown, delivery: Delivery, responder: Responder): unknown {
        const { sender, path, properties, traceParent } = delivery;
        return this.callbacks.onRequest(request, { sessionId: sender ?? '', path, properties, traceParent }, responder);
    }
}

/** The session's handlers, one for each branch. */
export class Handlers {
    readonly #channel: Channel;
    readonly #byPath: NamedRegistrations<Handler>;

    constructor(channel: Channel) {
        this.#channel = channel;
        this.#byPath = new NamedRegistrations(channel);
    }

    find(branch: string): Receiver | undefined {
        return this.#byPath.find(branch);
    }

    add(path: string, callbacks: RequestHandler, keys: readonly string[], requestType: DataType | undefined): Promise<Registration> {
        return this.#byPath.add(new Handler(this.#channel, path, callbacks, keys, requestType));
    }

    /** Registers the handlers in a new session. */
    restore(): Promise<void> {
        return this.#byPath.restore();
    }

    /** The session is closed. */
    closeAll(): void {
        this.#byPath.closeAll();
    }
}
