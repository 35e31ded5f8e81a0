/** Has messages handled one after the other. */
export class MessageQueue<T> {
    readonly #limit: number;
    readonly #handle: (message: T) => Promise<unknown> | undefined;
    readonly #waiting: T[] = [];
    #isBusy = false;

    /**
     * @param limit so many messages may wait
     * @param handle handles a message; neither throws nor gives a promise that is rejected
     */
    constructor(limit: number, handle: (message: T) => Promise<unknown> | undefined) {
        this.#limit = limit;
        this.#handle = handle;
    }

    /** Adds a message; gives whether there was room for it. */
    put(message: T): boolean {
        if (this.#waiting.length >= this.#limit)
            return false;
        this.#waiting.push(message);
        if (!this.#isBusy)
            void this.#run();
        return true;
    }

    async #run(): Promise<void> {
        this.#isBusy = true;
        while (this.#waiting.length > 0) {
            const handled = this.#handle(this.#waiting.shift()!);
            // Else it goes on at once: the end of the session may be in the same frame.
            if (handled !== undefined)
                await handled;
        }

        this.#isBusy = false;
    }
}
