import { BinaryDataType } from './binary.js';
import { DataType, invalidData, kindOf } from './data-type.js';
import { DoubleDataType } from './double.js';
import { Int64DataType } from './int64.js';
import { JsonDataType, JsonPrimitive, type Json } from './json.js';
import { RecordV2, RecordV2DataType } from './record-v2.js';
import { TextDataType } from './text.js';
import { typeOf } from './media-type.js';

const jsonType = new JsonDataType<unknown>();
const textType = new TextDataType();
const int64Type = new Int64DataType();
const doubleType = new DoubleDataType();
const binaryType = new BinaryDataType();
const recordV2Type = new RecordV2DataType();
const byContentType = new Map<string, DataType>(
    [textType, int64Type, doubleType, binaryType, recordV2Type].map(type => [type.contentType, type as DataType]));
const byName = new Map<string, DataType>([jsonType, ...byContentType.values()].map(type => [type.name, type as DataType]));

/**
 * The data types of requests and responses. Values without a type have one by what they are: text `string`, numbers `double`, `bigint`
 * `int64`, `Uint8Array` and `ArrayBuffer` `binary`, `RecordV2` `record_v2`, and objects, arrays and booleans `json`.
 */
export const datatypes = Object.freeze({
    /** JSON; values have `get()`, see {@link Json}. Text and numbers can be read as JSON too. */
    json: <T = unknown>(): DataType<Json<T>, T | Json<T>> => jsonType as unknown as DataType<Json<T>, T | Json<T>>,
    /** Text. */
    string: (): DataType<string, string> => textType,
    /** Integers of 64 bits, read as `bigint`; `from` takes safe integers and decimal digits as well. */
    int64: (): DataType<bigint, bigint | number | string> => int64Type,
    /** Numbers. */
    double: (): DataType<number, number> => doubleType,
    /** Bytes. Values of every type can be read as the bytes that they are. */
    binary: (): DataType<Uint8Array, Uint8Array | ArrayBuffer> => binaryType,
    /** Records of text fields. */
    recordV2: (): DataType<RecordV2, RecordV2 | readonly (readonly string[])[]> => recordV2Type,
    /**
     * The type of a name: `json`, `string`, `int64`, `double`, `binary` or `record_v2`, in any case.
     *
     * @throws RabbitBridgeError INVALID_DATA if there is none
     */
    get: (name: string): DataType => {
        const type = byName.get(String(name).toLowerCase());
        if (type === undefined)
            throw invalidData(`There is no data type '${name}'; there are ${[...byName.keys()].join(', ')}.`);
        return type;
    },
});

/** A data type, or its name. */
export type DataTypeOrName<TValue = unknown> = DataType<TValue> | 'json' | 'string' | 'int64' | 'double' | 'binary' | 'record_v2';

/** @internal */
export function dataTypeOf(type: unknown): DataType | undefined {
    if (type === undefined || type === null)
        return undefined;
    if (type instanceof DataType)
        return type as DataType;
    if (typeof type === 'string')
        return datatypes.get(type);
    throw invalidData(`A data type is one of datatypes, or its name, not ${kindOf(type)}.`);
}

/** @internal The type that a value has by what it is. */
export function implicitType(value: unknown): DataType {
    switch (typeof value) {
        case 'string':
            return textType as DataType;
        case 'number':
            return doubleType as DataType;
        case 'bigint':
            return int64Type as DataType;
        case 'boolean':
            return jsonType as DataType;
        case 'object':
            if (value === null)
                break;
            if (value instanceof Uint8Array || value instanceof ArrayBuffer)
                return binaryType as DataType;
            if (value instanceof RecordV2)
                return recordV2Type as DataType;
            if (value instanceof JsonPrimitive || isPlain(value))
                return jsonType as DataType;
            break;
        default:
            break;
    }

    throw invalidData(`The data type of ${kindOf(value)} is not determined; give a value of a known type, or the type.`);
}

/** @internal Reads a value as the type that it came with; bytes if that is not known. */
export function readImplicit(contentType: string, bytes: Uint8Array): unknown {
    const type = typeOf(contentType);
    return type === jsonType.contentType
        ? jsonType.readImplicit(contentType, bytes)
        : (byContentType.get(type) ?? binaryType).read(contentType, bytes);
}

/** @internal */
export function readPlainJson(bytes: Uint8Array): unknown {
    return jsonType.readPlain(jsonType.contentType, bytes);
}

// Maps, sets, other typed arrays and the like would be written as {} without a word. Who wants their toJSON() names the type.
function isPlain(value: object): boolean {
    if (Array.isArray(value))
        return true;
    return !(ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set || value instanceof Promise);
}
