import { ErrorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import { typeOf } from './media-type.js';

/**
 * How values of one type are written and read. Get them from `datatypes`.
 *
 * @typeParam TValue what reading gives
 * @typeParam TSource what can be written
 */
export abstract class DataType<TValue = unknown, TSource = unknown> {
    /** The type's name, as in Diffusion: `json`, `string`, `int64`, `double`, `binary` or `record_v2`. */
    abstract readonly name: string;

    /** The content type by which values name it on the wire. */
    abstract readonly contentType: string;

    /**
     * Makes a value of this type.
     *
     * @throws RabbitBridgeError INVALID_DATA if the value cannot be one
     */
    from(value: TSource): TValue {
        return this.read(this.contentType, this.write(value));
    }

    /**
     * Whether a value of another type can be read as this one: each as itself, text and numbers as `json` too, everything as `binary`.
     */
    canRead(contentType: string): boolean {
        return typeOf(contentType) === this.contentType;
    }

    /** @internal */
    abstract write(value: unknown): Uint8Array;

    /** @internal */
    abstract read(contentType: string, bytes: Uint8Array): TValue;
}

/** @internal */
export function invalidData(text: string, cause?: unknown): RabbitBridgeError {
    return new RabbitBridgeError(ErrorReason.INVALID_DATA, text, cause);
}

/** @internal What was given, for an error. */
export function kindOf(value: unknown): string {
    if (value === null || value === undefined)
        return String(value);
    return typeof value === 'object' ? value.constructor?.name || 'object' : typeof value;
}
