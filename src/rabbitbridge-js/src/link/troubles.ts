import { Backoff } from './backoff.js';

/** A connection that has lasted so long is a good one. */
const STABLE = 5_000;
/** So often may the same frame be the oldest one that does not arrive. */
const TRIES = 5;

/**
 * What is remembered from one loss to the next: connections that are lost as soon as they are there must not be made without a pause, and
 * a frame with which each of them ends must not be sent for ever.
 */
export class Troubles {
    readonly backoff: Backoff;
    #connectedAt: number | undefined;
    #oldest: number | undefined;
    #times = 0;

    constructor(minDelay: number, maxDelay: number) {
        this.backoff = new Backoff(minDelay, maxDelay);
    }

    /** Whether the last connection was a good one, or there was none yet. */
    areOver = true;

    connected(): void {
        this.#connectedAt = performance.now();
    }

    /**
     * The connection is lost.
     *
     * @param oldest the number of the oldest frame that has not arrived
     * @returns whether it is that frame that cannot be got through
     */
    lost(oldest: number | undefined): boolean {
        this.areOver = this.#connectedAt === undefined || performance.now() - this.#connectedAt >= STABLE;
        if (this.areOver)
            this.backoff.reset();
        this.#times = !this.areOver && oldest !== undefined && oldest === this.#oldest ? this.#times + 1 : 1;
        this.#oldest = oldest;
        return this.#times > TRIES;
    }
}
