import { dataTypeOf, implicitType, readImplicit } from '../data/datatypes.js';
import { invalidData, type DataType } from '../data/data-type.js';
import { ErrorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import type { Content } from '../link/incoming.js';

/** Writes a value of an application's. */
export function write(what: string, value: unknown, type: unknown, maxBytes: number): Content {
    if (value === null || value === undefined)
        throw invalidData(`The ${what} is ${value}.`);
    const known = dataTypeOf(type) ?? implicitType(value);
    const payload = known.write(value);
    if (payload.length > maxBytes)
        throw invalidData(`The ${what} of ${payload.length} bytes is larger than the ${maxBytes} bytes that may be sent (MaxMessageBytes).`);
    return { contentType: known.contentType, payload };
}

/** Reads a value for an application, as the type it wants or the one that came along. */
export function read(what: string, content: Content, type: DataType | undefined): unknown {
    if (type === undefined)
        return readImplicit(content.contentType, content.payload);
    if (!type.canRead(content.contentType))
        throw new RabbitBridgeError(ErrorReason.INCOMPATIBLE_DATATYPE, `The ${what} of type '${content.contentType}' cannot be read as ${type.name}.`);
    return type.read(content.contentType, content.payload);
}
