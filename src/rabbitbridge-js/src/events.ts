/** Tells listeners of events, in the order in which they were added. */
export class Events<TMap extends { [K in keyof TMap]: readonly unknown[] }> {
    readonly #listeners = new Map<keyof TMap, ((...args: never) => void)[]>();

    add<K extends keyof TMap>(event: K, listener: (...args: TMap[K]) => void): void {
        this.#listeners.set(event, [...this.#listeners.get(event) ?? [], listener]);
    }

    remove<K extends keyof TMap>(event: K, listener: (...args: TMap[K]) => void): void {
        this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter(other => other !== listener));
    }

    /** Gives whether anybody listens, and what listeners threw. */
    emit<K extends keyof TMap>(event: K, ...args: TMap[K]): { heard: boolean; errors: unknown[] } {
        const listeners = this.#listeners.get(event) ?? [];
        const errors: unknown[] = [];
        for (const listener of listeners) {
            try {
                (listener as (...given: TMap[K]) => void)(...args);
            } catch (error) {
                errors.push(error);
            }
        }

        return { heard: listeners.length > 0, errors };
    }
}
