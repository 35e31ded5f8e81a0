import { observe } from './link/callbacks.js';

/** Tells listeners of events, in the order in which they were added. */
export class Events<TMap extends { [K in keyof TMap]: readonly unknown[] }> {
    readonly #listeners = new Map<keyof TMap, ((...args: never) => unknown)[]>();

    add<K extends keyof TMap>(event: K, listener: (...args: TMap[K]) => unknown): void {
        this.#listeners.set(event, [...this.#listeners.get(event) ?? [], listener]);
    }

    remove<K extends keyof TMap>(event: K, listener: (...args: TMap[K]) => unknown): void {
        this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter(other => other !== listener));
    }

    /**
     * Tells all listeners, whatever others do; gives whether anybody listens.
     *
     * @param failed told what a listener throws, or its promise is rejected with
     */
    emit<K extends keyof TMap>(event: K, args: TMap[K], failed: (error: unknown) => void): boolean {
        const listeners = this.#listeners.get(event) ?? [];
        for (const listener of listeners) {
            try {
                observe((listener as (...given: TMap[K]) => unknown)(...args), failed);
            } catch (error) {
                failed(error);
            }
        }

        return listeners.length > 0;
    }
}
