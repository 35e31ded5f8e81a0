import { DataType, invalidData, kindOf } from './data-type.js';

const MARK = '\ufeff';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @internal */
export function toUtf8(text: string): Uint8Array {
    return encoder.encode(text);
}

/** @internal Refuses half of a surrogate pair, which the encoder would replace without a word. */
export function checkWellFormed(text: string, where: string): void {
    const index = text.search(/\p{Surrogate}/u);
    if (index >= 0)
        throw invalidData(`${where} has half of a surrogate pair at index ${index}, which no UTF-8 stands for.`);
}

/** @internal Text without the byte order mark with which it may begin: that says how it is encoded, and is no part of it. */
export function withoutMark(text: string): string {
    return text.startsWith(MARK) ? text.slice(1) : text;
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
        checkWellFormed(value, 'The text');
        // The first one is taken for a byte order mark by whoever reads.
        return toUtf8(value.startsWith(MARK) ? MARK + value : value);
    }

    read(_contentType: string, bytes: Uint8Array): string {
        return withoutMark(fromUtf8(bytes));
    }
}
