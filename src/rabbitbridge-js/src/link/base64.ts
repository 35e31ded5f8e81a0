// In pieces: a call takes only so many arguments.
const PIECE = 0x2000;

/** Bytes as base64, in browsers and Node alike. */
export function toBase64(bytes: Uint8Array): string {
    let binary = '';
    for (let at = 0; at < bytes.length; at += PIECE)
        binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
    return btoa(binary);
}

/** The bytes of base64. */
export function fromBase64(text: string): Uint8Array {
    return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}
