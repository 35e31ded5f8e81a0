// One listener for each signal, however many wait on it: Node warns of a leak at the eleventh.
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when a signal is aborted.
 *
 * @param aborted called once at most; must not throw
 * @returns what ends the wait
 */
export function onAbort(signal: AbortSignal, aborted: () => void): () => void {
    const all = waiting.get(signal) ?? begin(signal);
    // An entry of its own, should one function wait twice.
    const entry = (): void => aborted();
    all.add(entry);
    return () => {
        if (all.delete(entry) && all.size === 0)
            end(signal);
    };
}

function begin(signal: AbortSignal): Set<() => void> {
    const all = new Set<() => void>();
    waiting.set(signal, all);
    signal.addEventListener('abort', told);
    return all;
}

function end(signal: AbortSignal): void {
    waiting.delete(signal);
    signal.removeEventListener('abort', told);
}

function told(event: Event): void {
    const signal = event.target as AbortSignal;
    const all = [...waiting.get(signal) ?? []];
    end(signal);
    for (const aborted of all)
        aborted();
}
