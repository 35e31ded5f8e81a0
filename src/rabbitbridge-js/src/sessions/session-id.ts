import { invalidData, kindOf } from '../data/data-type.js';

const SESSION_ID = /^[0-9a-f]{16}-[0-9a-f]{16}$/;

/** Whether a text is a session's id, and no filter. */
export function isSessionId(text: string): boolean {
    return SESSION_ID.test(text);
}

/**
 * The id of a session that was given as text or object.
 *
 * @throws RabbitBridgeError INVALID_DATA
 */
export function sessionIdOf(target: unknown): string {
    const text = String(target);
    if (!isSessionId(text))
        throw invalidData(`A session is given by its id, such as 0123456789abcdef-0123456789abcdef, not by ${typeof target === 'string' ? `'${target.slice(0, 80)}'` : kindOf(target)}.`);
    return text;
}
