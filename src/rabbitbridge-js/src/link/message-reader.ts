import { ProtocolError } from './protocol-error.js';

// A U+FEFF at the beginning belongs to the text: paths and keys are compared to the letter.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads MessagePack as docs/remote-protocol.md uses it. Not the package's decoder, because that one refuses maps with a key `__proto__`:
 * one session with such a property would make every listener's frames unreadable. And payloads here are parts of the frame, not copies.
 */
export class MessageReader {
    readonly #bytes: Uint8Array;
    readonly #view: DataView;
    #at = 0;

    constructor(bytes: Uint8Array) {
        this.#bytes = bytes;
        this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }

    /** Whether everything is read. */
    get atEnd(): boolean {
        return this.#at >= this.#bytes.length;
    }

    /** Begins an array; gives its length. */
    array(): number {
        const lead = this.#lead();
        if ((lead & 0xf0) === 0x90)
            return lead & 0x0f;
        if (lead === 0xdc)
            return this.#unsigned(2);
        if (lead === 0xdd)
            return this.#unsigned(4);
        throw unexpected('an array', lead);
    }

    integer(): number {
        const lead = this.#lead();
        if (lead <= 0x7f)
            return lead;
        if (lead >= 0xe0)
            return lead - 0x100;
        const at = this.#at;
        switch (lead) {
            case 0xcc: case 0xcd: case 0xce:
                return this.#unsigned(1 << (lead - 0xcc));
            case 0xcf:
                this.#take(8);
                return safe(this.#view.getBigUint64(at));
            case 0xd0:
                this.#take(1);
                return this.#view.getInt8(at);
            case 0xd1:
                this.#take(2);
                return this.#view.getInt16(at);
            case 0xd2:
                this.#take(4);
                return this.#view.getInt32(at);
            case 0xd3:
                this.#take(8);
                return safe(this.#view.getBigInt64(at));
            default:
                throw unexpected('an integer', lead);
        }
    }

    text(): string {
        const text = this.textOrNil();
        if (text === undefined)
            throw new ProtocolError('A text is missing.');
        return text;
    }

    textOrNil(): string | undefined {
        const lead = this.#lead();
        if (lead === 0xc0)
            return undefined;
        let length: number;
        if ((lead & 0xe0) === 0xa0)
            length = lead & 0x1f;
        else if (lead >= 0xd9 && lead <= 0xdb)
            length = this.#unsigned(1 << (lead - 0xd9));
        else
            throw unexpected('text', lead);
        return decoder.decode(this.#take(length));
    }

    /** The bytes; none for nil. */
    binary(): Uint8Array {
        const lead = this.#lead();
        if (lead === 0xc0)
            return new Uint8Array(0);
        if (lead >= 0xc4 && lead <= 0xc6)
            return this.#take(this.#unsigned(1 << (lead - 0xc4)));
        throw unexpected('bytes', lead);
    }

    /** A map of text to text or nil; nothing for nil. */
    map(): Record<string, string | null> | undefined {
        const lead = this.#lead();
        if (lead === 0xc0)
            return undefined;
        let length: number;
        if ((lead & 0xf0) === 0x80)
            length = lead & 0x0f;
        else if (lead === 0xde)
            length = this.#unsigned(2);
        else if (lead === 0xdf)
            length = this.#unsigned(4);
        else
            throw unexpected('a map', lead);
        const entries: [string, string | null][] = [];
        for (let i = 0; i < length; i++)
            entries.push([this.text(), this.textOrNil() ?? null]);
        // Defines even a key __proto__ as one like others.
        return Object.fromEntries(entries);
    }

    /** Passes over values, whatever they are. */
    skip(values: number): void {
        // Counted instead of nested, so that no depth of arrays is too deep.
        for (let left = values; left > 0; left--)
            left += this.#skipOne();
    }

    // Gives how many values belong to the one that was begun.
    #skipOne(): number {
        const lead = this.#lead();
        if (lead <= 0x7f || lead >= 0xe0 || lead === 0xc0 || lead === 0xc2 || lead === 0xc3)
            return 0;
        if ((lead & 0xf0) === 0x80)
            return (lead & 0x0f) * 2;
        if ((lead & 0xf0) === 0x90)
            return lead & 0x0f;
        if ((lead & 0xe0) === 0xa0)
            this.#take(lead & 0x1f);
        else if (lead >= 0xc4 && lead <= 0xc6)
            this.#take(this.#unsigned(1 << (lead - 0xc4)));
        else if (lead >= 0xc7 && lead <= 0xc9)
            this.#take(this.#unsigned(1 << (lead - 0xc7)) + 1);
        else if (lead === 0xca || lead === 0xce || lead === 0xd2)
            this.#take(4);
        else if (lead === 0xcb || lead === 0xcf || lead === 0xd3)
            this.#take(8);
        else if (lead === 0xcc || lead === 0xd0)
            this.#take(1);
        else if (lead === 0xcd || lead === 0xd1)
            this.#take(2);
        else if (lead >= 0xd4 && lead <= 0xd8)
            this.#take((1 << (lead - 0xd4)) + 1);
        else if (lead >= 0xd9 && lead <= 0xdb)
            this.#take(this.#unsigned(1 << (lead - 0xd9)));
        else if (lead === 0xdc || lead === 0xdd)
            return this.#unsigned(lead === 0xdc ? 2 : 4);
        else if (lead === 0xde || lead === 0xdf)
            return this.#unsigned(lead === 0xde ? 2 : 4) * 2;
        else
            throw unexpected('a value', lead);
        return 0;
    }

    #lead(): number {
        return this.#take(1)[0]!;
    }

    #unsigned(bytes: number): number {
        let value = 0;
        for (const byte of this.#take(bytes))
            value = value * 256 + byte;
        return value;
    }

    #take(bytes: number): Uint8Array {
        if (this.#bytes.length - this.#at < bytes)
            throw new ProtocolError('A frame ends within a value.');
        this.#at += bytes;
        return this.#bytes.subarray(this.#at - bytes, this.#at);
    }
}

function unexpected(wanted: string, lead: number): ProtocolError {
    return new ProtocolError(`A frame has the MessagePack byte 0x${lead.toString(16)} where ${wanted} should be.`);
}

function safe(value: bigint): number {
    const number = Number(value);
    if (!Number.isSafeInteger(number))
        throw new ProtocolError(`A frame has the number ${value}, beyond 2^53.`);
    return number;
}
