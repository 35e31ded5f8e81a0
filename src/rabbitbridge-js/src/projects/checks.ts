import { invalidData, kindOf } from '../data/data-type.js';
import { write } from '../messages/values.js';

const OPENING_BRACE = 0x7b;
const MAX_NAME_BYTES = 255;
const NO_NAME = /^\p{White_Space}*$|\p{Cc}/u;

/**
 * Checks the name of a project or message handler.
 *
 * @throws RabbitBridgeError INVALID_DATA
 */
export function checkName(what: string, name: unknown): void {
    if (typeof name !== 'string')
        throw invalidData(`The name of a ${what} is text, not ${kindOf(name)}.`);
    if (NO_NAME.test(name) || new TextEncoder().encode(name).length > MAX_NAME_BYTES)
        throw invalidData(`The name of a ${what} is not empty, has no control characters, and ${MAX_NAME_BYTES} bytes at most in UTF-8.`);
}

/** @throws RabbitBridgeError INVALID_DATA it is neither text nor left out */
export function textOrNothing(name: string, value: unknown): string | undefined {
    if (value === undefined || value === null)
        return undefined;
    if (typeof value !== 'string')
        throw invalidData(`${name} is text, not ${kindOf(value)}.`);
    return value;
}

/** @throws RabbitBridgeError INVALID_DATA they are neither texts nor left out */
export function textsOrNothing(name: string, values: unknown): readonly string[] | undefined {
    if (values === undefined || values === null)
        return undefined;
    if (!Array.isArray(values) || !values.every(value => typeof value === 'string'))
        throw invalidData(`${name} is an array of text, not ${kindOf(values)}.`);
    return values as readonly string[];
}

/**
 * Writes a payload.
 *
 * @throws RabbitBridgeError INVALID_DATA it is no JSON object, or too large
 */
export function writePayload(payload: unknown, maxBytes: number): Uint8Array {
    const { contentType, payload: bytes } = write('payload', payload ?? {}, undefined, maxBytes);
    // What is a string as JSON, as dates are, is none either.
    if (contentType !== 'application/json' || bytes[0] !== OPENING_BRACE)
        throw invalidData(`The payload of a project message is a JSON object, not ${kindOf(payload)}.`);
    return bytes;
}
