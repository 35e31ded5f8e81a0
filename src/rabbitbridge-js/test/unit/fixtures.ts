import { Encoder } from '@msgpack/msgpack';

const encoder = new Encoder();

/** Bytes of hexadecimal digits; blanks are for the reader. */
export function hex(digits: string): Uint8Array {
    return Uint8Array.from(digits.replace(/\s/g, '').match(/../g) ?? [], pair => parseInt(pair, 16));
}

/** Hexadecimal digits of bytes. */
export function toHex(bytes: Uint8Array): string {
    return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

export function utf8(text: string): Uint8Array {
    return new TextEncoder().encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
    return Uint8Array.from(parts.flatMap(part => [...part]));
}

/** A frame as a gateway writes it. */
export function frame(number: number, acknowledged: number, ...messages: readonly unknown[]): Uint8Array {
    return concat(encoder.encode([number, acknowledged]), ...messages.map(message => encoder.encode(message)));
}
