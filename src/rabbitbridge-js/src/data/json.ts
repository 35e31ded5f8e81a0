import { DataType, invalidData, kindOf } from './data-type.js';
import { Int64DataType } from './int64.js';
import { DoubleDataType } from './double.js';
import { TextDataType, checkWellFormed, fromUtf8, toUtf8, withoutMark } from './text.js';
import { typeOf } from './media-type.js';

/**
 * A JSON value. `get()` gives the plain value whatever it is.
 *
 * Objects and arrays are the plain values themselves: `response.name`, `JSON.stringify(response)` and the rest work as on any other, and
 * `get` is not enumerable. (If the JSON has a property `get`, it is seen only on what `get()` gives.) Text, numbers, booleans and null,
 * which cannot have a method of ours, are a {@link JsonPrimitive}.
 */
export type Json<T = unknown> = T extends object ? T & { get(): T } : JsonPrimitive<T>;

/** JSON that is neither object nor array: use `get()`. In expressions with `+`, `==`, `${}` it stands for its value. */
export class JsonPrimitive<T = unknown> {
    readonly #value: T;

    /** @internal */
    constructor(value: T) {
        this.#value = value;
    }

    /** The plain value. */
    get(): T {
        return this.#value;
    }

    /** The plain value. */
    valueOf(): T {
        return this.#value;
    }

    /** The plain value as text. */
    toString(): string {
        return String(this.#value);
    }

    /** What `JSON.stringify` writes. */
    toJSON(): T {
        return this.#value;
    }
}

/** @internal Reads the primitive types too, as Diffusion does. */
export class JsonDataType<T> extends DataType<Json<T>, T | Json<T>> {
    readonly name = 'json';
    readonly contentType = 'application/json';
    readonly #text = new TextDataType();
    readonly #numbers = [new Int64DataType().contentType, new DoubleDataType().contentType];

    override canRead(contentType: string): boolean {
        const type = typeOf(contentType);
        return type === this.contentType || type === this.#text.contentType || this.#numbers.includes(type);
    }

    write(value: unknown): Uint8Array {
        if (value === null || value === undefined)
            throw invalidData(`A request or response is not ${value}; for JSON's null write datatypes.json().from(null).`);
        return encode(value);
    }

    override from(value: T | Json<T>): Json<T> {
        return this.read(this.contentType, encode(value));
    }

    read(contentType: string, bytes: Uint8Array): Json<T> {
        const value = this.readPlain(contentType, bytes);
        return (typeof value === 'object' && value !== null ? withGet(value) : new JsonPrimitive(value)) as Json<T>;
    }

    /** Reads without `get()` on primitives, for who did not ask for JSON. */
    readImplicit(contentType: string, bytes: Uint8Array): unknown {
        const value = this.readPlain(contentType, bytes);
        return typeof value === 'object' && value !== null ? withGet(value) : value;
    }

    readPlain(contentType: string, bytes: Uint8Array): unknown {
        const text = withoutMark(fromUtf8(bytes));
        if (typeOf(contentType) === this.#text.contentType)
            return text;
        try {
            return JSON.parse(text) as unknown;
        } catch (error) {
            throw invalidData(`The bytes are not JSON: ${(error as Error).message}`, error);
        }
    }
}

function encode(value: unknown): Uint8Array {
    let text: string | undefined;
    try {
        text = JSON.stringify(value);
    } catch (error) {
        throw invalidData(`A value cannot be written as JSON: ${(error as Error).message}`, error);
    }

    if (text === undefined)
        throw invalidData(`A value of type json cannot be ${kindOf(value)}.`);
    // Half of a surrogate pair is all that is escaped like this; text may have a backslash and the same letters, though.
    if (/\\ud[89a-f]/.test(text))
        checkTexts(JSON.parse(text), '$');
    return toUtf8(text);
}

function checkTexts(value: unknown, path: string): void {
    if (typeof value === 'string') {
        checkWellFormed(value, `The text at ${path}`);
    } else if (Array.isArray(value)) {
        value.forEach((item, index) => checkTexts(item, `${path}[${index}]`));
    } else if (typeof value === 'object' && value !== null) {
        for (const [key, item] of Object.entries(value)) {
            checkWellFormed(key, `A key at ${path}`);
            checkTexts(item, `${path}.${key}`);
        }
    }
}

function withGet(plain: object): object {
    // get() must be ours even where the data has a property of that name, so that nobody's JSON makes the call fail.
    const value = !Array.isArray(plain) && Object.hasOwn(plain, 'get') ? { ...plain } : plain;
    return Object.defineProperty(value, 'get', {
        value: () => plain, enumerable: false, configurable: true, writable: true });
}
