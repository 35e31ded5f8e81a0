import type { Session, SessionEvents } from '../../../src/index.js';

/** Waits for an event of a session's; gives its arguments. */
export function event<K extends keyof SessionEvents>(session: Session, name: K): Promise<SessionEvents[K]> {
    return new Promise(resolve => {
        const listener = (...args: SessionEvents[K]): void => {
            session.off(name, listener);
            resolve(args);
        };
        session.on(name, listener);
    });
}

/** Asks again and again until the answer is yes, for what nothing tells of. */
export async function eventually(what: string, condition: () => Promise<boolean>, within = 30_000): Promise<void> {
    const end = performance.now() + within;
    while (!await condition().catch(() => false)) {
        if (performance.now() > end)
            throw new Error(`Not within ${within} ms: ${what}`);
        await new Promise(resolve => setTimeout(resolve, 20));
    }
}

/** Something that is told once, waited for by a test. */
export class Told<T> {
    readonly promise: Promise<T>;
    tell!: (value: T) => void;

    constructor() {
        this.promise = new Promise(resolve => this.tell = resolve);
    }
}
