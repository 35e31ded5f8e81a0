import { expect } from 'vitest';
import { RabbitBridgeError, type Session, type SessionEvents } from '../../src/index.js';

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

/** Waits for the error with which something ends. */
export async function failure(promise: Promise<unknown>): Promise<RabbitBridgeError> {
    const error: unknown = await promise.then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RabbitBridgeError);
    return error as RabbitBridgeError;
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

/**
 * Waits until something is so, and goes on in the very turn of the event loop in which it is: what the gateway answers to what was sent
 * then has not been read yet.
 */
export async function atOnce(condition: () => boolean): Promise<void> {
    while (!condition())
        await new Promise(resolve => setImmediate(resolve));
}
