/** Has messages handled one after the other. */
export class MessageQueue<T extends { readonly payload: Uint8Array }> {
    readonly #limit: number;
    readonly #maxBytes: number;
    readonly #handle: (message: T) => Promise<unknown> | undefined;
    readonly #waiting: T[] = [];
    #bytes = 0;
    #isBusy = false;

    /**
     * @param limit so many messages may wait
     * @param maxBytes so many bytes these may have; the last of them may have more
     * @param handle handles a message; neither throws nor gives a promise that is rejected
     */
    constructor(limit: number, maxBytes: number, handle: (message: T) => Promise<unknown> | undefined) {
        this.#limit = limit;
        this.#maxBytes = maxBytes;
        this.#handle = handle;
    }

    /** Adds a message; gives whether there was room for it. */
    put(message: T): boolean {
        if (this.#waiting.length >= this.#limit || this.#bytes >= this.#maxBytes)
            return false;
        this.#waiting.push(message);
        this.#bytes += message.payload.length;
        if (!this.#isBusy)
            void this.#run();
        return true;
    }

    async #run(): Promise<void> {
        this.#isBusy = true;
        while (this.#waiting.length > 0) {
            const message = this.#waiting.shift()!;
            this.#bytes -= message.payload.length;
            const handled = this.#handle(message);
            // Else it goes on at once: the end of the session may be in the same frame.
            if (handled !== undefined)
                await handled;
        }

        this.#isBusy = false;
    }
}
