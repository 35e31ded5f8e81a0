import { DataType, invalidData, kindOf } from './data-type.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @internal */
export function toUtf8(text: string): Uint8Array {
    return encoder.encode(text);
}

/** @internal */
export function fromUtf8(bytes: Uint8Array): string {
    try {
        return decoder.decode(bytes);
    } catch (error) {
        throw invalidData('The bytes are not text in UTF-8.', error);
    }
}

/** @internal */
export class TextDataType extends DataType<string, string> {
    readonly name = 'string';
    readonly contentType = 'text/plain';

    write(value: unknown): Uint8Array {
        if (typeof value !== 'string')
            throw invalidData(`A value of type string is text, not ${kindOf(value)}.`);
        return toUtf8(value);
    }

    read(_contentType: string, bytes: Uint8Array): string {
        return fromUtf8(bytes);
    }
}
