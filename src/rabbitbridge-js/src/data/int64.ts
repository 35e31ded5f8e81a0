import { DataType, invalidData, kindOf } from './data-type.js';
import { fromUtf8, toUtf8 } from './text.js';

/** @internal Integers of 64 bits; read as `bigint`, because a `number` holds only 53 of them. */
export class Int64DataType extends DataType<bigint, bigint | number | string> {
    readonly name = 'int64';
    readonly contentType = 'application/vnd.rabbitbridge.int64';

    write(value: unknown): Uint8Array {
        return toUtf8(String(toInt64(value)));
    }

    read(_contentType: string, bytes: Uint8Array): bigint {
        return toInt64(fromUtf8(bytes));
    }
}

function toInt64(value: unknown): bigint {
    let integer: bigint;
    if (typeof value === 'bigint')
        integer = value;
    // A number beyond 2^53 has lost digits before it came here.
    else if (typeof value === 'number' && Number.isSafeInteger(value))
        integer = BigInt(value);
    else if (typeof value === 'string' && /^[+-]?\d{1,19}$/.test(value))
        integer = BigInt(value.replace(/^\+/, ''));
    else
        throw invalidData(`A value of type int64 is an integer, as bigint, safe number or decimal digits, not ${typeof value === 'object' ? kindOf(value) : String(value)}.`);
    if (BigInt.asIntN(64, integer) !== integer)
        throw invalidData(`${integer} does not fit into 64 bits.`);
    return integer;
}
