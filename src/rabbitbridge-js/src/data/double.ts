import { DataType, invalidData, kindOf } from './data-type.js';
import { fromUtf8, toUtf8 } from './text.js';

const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const NAMED = new Map([['nan', NaN], ['infinity', Infinity], ['+infinity', Infinity], ['-infinity', -Infinity]]);

/** @internal */
export class DoubleDataType extends DataType<number, number> {
    readonly name = 'double';
    readonly contentType = 'application/vnd.rabbitbridge.double';

    write(value: unknown): Uint8Array {
        if (typeof value !== 'number')
            throw invalidData(`A value of type double is a number, not ${kindOf(value)}.`);
        return toUtf8(Object.is(value, -0) ? '-0' : String(value));
    }

    read(_contentType: string, bytes: Uint8Array): number {
        const text = fromUtf8(bytes);
        if (DECIMAL.test(text))
            return Number(text);
        const named = NAMED.get(text.trim().toLowerCase());
        if (named === undefined)
            throw invalidData('The bytes are not the decimal digits of a double.');
        return named;
    }
}
