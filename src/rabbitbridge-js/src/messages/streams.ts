import type { DataType } from '../data/data-type.js';
import type { Delivery } from '../link/incoming.js';
import type { RequestStream, Responder } from './contracts.js';
import type { Receiver } from './receivers.js';

class Stream implements Receiver {
    constructor(
        readonly callbacks: RequestStream, readonly requestType: DataType | undefined, readonly responseType: DataType | undefined) {
    }

    invoke(request: unknown, delivery: Delivery, responder: Responder): unknown {
        return this.callbacks.onRequest(delivery.path, request, responder);
    }
}

/** The session's request streams, by their exact paths. Only the client knows of them. */
export class Streams {
    readonly #closed: (stream: RequestStream) => void;
    readonly #byPath = new Map<string, Stream>();

    constructor(closed: (stream: RequestStream) => void) {
        this.#closed = closed;
    }

    find(path: string): Receiver | undefined {
        return this.#byPath.get(path);
    }

    set(path: string, stream: RequestStream, requestType: DataType | undefined, responseType: DataType | undefined): RequestStream | undefined {
        const previous = this.remove(path);
        this.#byPath.set(path, new Stream(stream, requestType, responseType));
        return previous;
    }

    remove(path: string): RequestStream | undefined {
        const removed = this.#byPath.get(path)?.callbacks;
        if (removed !== undefined) {
            this.#byPath.delete(path);
            this.#closed(removed);
        }

        return removed;
    }

    /** The session is closed. */
    closeAll(): void {
        for (const path of [...this.#byPath.keys()])
            this.remove(path);
    }
}
