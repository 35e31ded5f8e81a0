import { MessageReader } from './message-reader.js';
import { MessageType as Type } from './message-type.js';
import { ProtocolError } from './protocol-error.js';

/** A value as it is on the wire. */
export interface Content {
    readonly contentType: string;
    readonly payload: Uint8Array;
}

/** Properties by their keys. */
export type PropertyMap = Record<string, string>;

/** What a gateway says. */
export type Incoming =
    | { readonly type: typeof Type.cancel; readonly id: number }
    | { readonly type: typeof Type.response; readonly id: number; readonly content: Content | undefined }
    | { readonly type: typeof Type.error; readonly id: number; readonly reason: number; readonly text: string }
    | { readonly type: typeof Type.filterAnswer; readonly id: number; readonly session: string; readonly content: Content | undefined }
    | { readonly type: typeof Type.filterError; readonly id: number; readonly session: string; readonly reason: number; readonly text: string }
    | { readonly type: typeof Type.filterCount; readonly id: number; readonly sessions: number }
    | { readonly type: typeof Type.credit; readonly id: number }
    | Delivery
    | SessionEvent
    | { readonly type: typeof Type.properties; readonly properties: PropertyMap }
    | { readonly type: typeof Type.closed; readonly reason: number; readonly text: string }
    | ProjectDelivery;

/** A request for a handler or stream of this session. */
export interface Delivery {
    readonly type: typeof Type.delivery;
    readonly id: number;
    readonly path: string;
    readonly branch: string | undefined;
    readonly sender: string | undefined;
    readonly properties: PropertyMap;
    readonly milliseconds: number;
    readonly content: Content;
    readonly traceParent: string | undefined;
}

/** A session somewhere in the fabric was opened, changed or closed. */
export interface SessionEvent {
    readonly type: typeof Type.sessionEvent;
    readonly id: number;
    readonly session: string;
    readonly kind: number;
    readonly properties: PropertyMap;
    readonly previous: Record<string, string | null>;
    readonly reason: number;
}

/** A message for a message handler of this session. */
export interface ProjectDelivery {
    readonly type: typeof Type.projectMessage;
    /** What it is, in JSON. */
    readonly header: string;
    readonly payload: Uint8Array;
}

/** A frame, read. */
export interface Frame {
    readonly number: number;
    readonly acknowledged: number;
    readonly messages: readonly Incoming[];
}

// Elements that each type has at least; what is not here is passed over.
const elements = new Map<number, number>([
    [Type.cancel, 2], [Type.response, 4], [Type.error, 4], [Type.filterAnswer, 5], [Type.filterError, 5], [Type.filterCount, 3], [Type.credit, 2],
    [Type.delivery, 10], [Type.sessionEvent, 7], [Type.properties, 2], [Type.closed, 3],
    [Type.projectMessage, 3],
]);

/**
 * Reads a frame.
 *
 * @throws ProtocolError it is none
 */
export function readFrame(bytes: Uint8Array): Frame {
    const reader = new MessageReader(bytes);
    const header = demand(reader.array(), 2, 'frame header');
    const [number, acknowledged] = [reader.integer(), reader.integer()];
    reader.skip(header - 2);
    const messages: Incoming[] = [];
    while (!reader.atEnd) {
        const length = demand(reader.array(), 1, 'message');
        const type = reader.integer();
        const needed = elements.get(type);
        if (needed === undefined) {
            reader.skip(length - 1);
            continue;
        }

        demand(length, needed, `message of type ${type}`);
        messages.push(readKnown(reader, type));
        reader.skip(length - needed);
    }

    return { number, acknowledged, messages };
}

// Initialisers run in the order in which they are written, which is that of the elements.
function readKnown(reader: MessageReader, type: number): Incoming {
    switch (type) {
        case Type.cancel:
            return { type, id: reader.integer() };
        case Type.response:
            return { type, id: reader.integer(), content: readContent(reader) };
        case Type.error:
            return { type, id: reader.integer(), reason: reader.integer(), text: reader.text() };
        case Type.filterAnswer:
            return { type, id: reader.integer(), session: reader.text(), content: readContent(reader) };
        case Type.filterError:
            return { type, id: reader.integer(), session: reader.text(), reason: reader.integer(), text: reader.text() };
        case Type.filterCount:
            return { type, id: reader.integer(), sessions: reader.integer() };
        case Type.credit:
            return { type, id: reader.integer() };
        case Type.delivery:
            return {
                type,
                id: reader.integer(),
                path: reader.text(),
                branch: reader.textOrNil(),
                sender: reader.textOrNil(),
                properties: readProperties(reader),
                milliseconds: reader.integer(),
                content: { contentType: reader.text(), payload: reader.binary() },
                traceParent: reader.textOrNil(),
            };
        case Type.sessionEvent:
            return {
                type,
                id: reader.integer(),
                session: reader.text(),
                kind: reader.integer(),
                properties: readProperties(reader),
                previous: reader.map() ?? {},
                reason: reader.integer(),
            };
        case Type.properties:
            return { type, properties: readProperties(reader) };
        case Type.projectMessage:
            return { type, header: reader.text(), payload: reader.binary() };
        default:
            return { type: Type.closed, reason: reader.integer(), text: reader.text() };
    }
}

function readContent(reader: MessageReader): Content | undefined {
    const contentType = reader.textOrNil();
    const payload = reader.binary();
    return contentType === undefined ? undefined : { contentType, payload };
}

function readProperties(reader: MessageReader): PropertyMap {
    const properties = reader.map() ?? {};
    for (const key of Object.keys(properties)) {
        if (properties[key] === null)
            throw new ProtocolError(`The property ${key} has no value.`);
    }

    return properties as PropertyMap;
}

function demand(length: number, least: number, what: string): number {
    if (length < least)
        throw new ProtocolError(`A ${what} has ${length} elements instead of ${least}.`);
    return length;
}
