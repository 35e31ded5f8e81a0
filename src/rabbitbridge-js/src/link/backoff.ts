/** Pauses between tries: doubling, and never the same for many clients that lost the same gateway. */
export class Backoff {
    readonly #shortest: number;
    readonly #longest: number;
    #next: number;

    constructor(shortest: number, longest: number) {
        this.#shortest = shortest;
        this.#longest = longest;
        this.#next = shortest;
    }

    /** Begins anew. */
    reset(): void {
        this.#next = this.#shortest;
    }

    /** Waits before the next try; not any longer when the signal is aborted. */
    pause(signal: AbortSignal): Promise<void> {
        const time = this.#next * (0.5 + Math.random() / 2);
        this.#next = Math.min(this.#next * 2, this.#longest);
        return new Promise(resolve => {
            const done = (): void => {
                clearTimeout(timer);
                signal.removeEventListener('abort', done);
                resolve();
            };
            const timer = setTimeout(done, time);
            signal.addEventListener('abort', done);
            if (signal.aborted)
                done();
        });
    }
}
