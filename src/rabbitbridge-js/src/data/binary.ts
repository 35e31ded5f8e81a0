import { DataType, invalidData, kindOf } from './data-type.js';

/** @internal */
export class BinaryDataType extends DataType<Uint8Array, Uint8Array | ArrayBuffer> {
    readonly name = 'binary';
    readonly contentType = 'application/octet-stream';

    override canRead(): boolean {
        return true;
    }

    write(value: unknown): Uint8Array {
        if (value instanceof Uint8Array)
            return value;
        if (value instanceof ArrayBuffer)
            return new Uint8Array(value);
        throw invalidData(`A value of type binary is a Uint8Array or an ArrayBuffer, not ${kindOf(value)}.`);
    }

    // A copy: the bytes are a part of a frame, which they would keep in memory as a whole.
    read(_contentType: string, bytes: Uint8Array): Uint8Array {
        return Uint8Array.prototype.slice.call(bytes);
    }
}
