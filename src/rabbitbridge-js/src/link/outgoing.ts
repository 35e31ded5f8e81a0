import { Encoder } from '@msgpack/msgpack';
import type { Content } from './incoming.js';
import { MessageType as Type } from './message-type.js';

const encoder = new Encoder();
/** The most characters with which a request is refused. */
const MAX_ERROR_TEXT = 4096;

// Outside of values everything is text, integers, booleans, bytes and nil, which the encoder writes as the protocol wants it.
function encode(...values: readonly unknown[]): Uint8Array {
    return encoder.encode(values);
}

/** As the gateway would: a frame that is larger than it takes would come again and again. */
function shortened(text: string): string {
    // Not between the halves of a surrogate pair.
    return text.length <= MAX_ERROR_TEXT ? text : `${text.slice(0, MAX_ERROR_TEXT - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** What a client says, encoded; a frame is a header and such messages. */
export const outgoing = {
    header: (number: number, acknowledged: number) => encode(number, acknowledged),
    request: (id: number, path: string, session: string | null, milliseconds: number | null, content: Content, traceParent: string | null) =>
        encode(Type.request, id, path, session, milliseconds, content.contentType, content.payload, traceParent),
    filterRequest: (id: number, filter: string, path: string, milliseconds: number | null, content: Content, traceParent: string | null) =>
        encode(Type.filterRequest, id, filter, path, milliseconds, content.contentType, content.payload, traceParent),
    cancel: (id: number) => encode(Type.cancel, id),
    response: (id: number, content: Content) => encode(Type.response, id, content.contentType, content.payload),
    error: (id: number, reason: number, text: string) => encode(Type.error, id, reason, shortened(text)),
    credit: (id: number, answers: number) => encode(Type.credit, id, answers),
    addHandler: (id: number, path: string, keys: readonly string[], redelivery: boolean) => encode(Type.addHandler, id, path, keys, redelivery),
    removeHandler: (id: number, path: string) => encode(Type.removeHandler, id, path),
    setProperties: (id: number, session: string | null, filter: string | null, properties: Readonly<Record<string, string | null>>) =>
        encode(Type.setProperties, id, session, filter, properties),
    changeRoles: (id: number, session: string | null, filter: string | null, remove: readonly string[], add: readonly string[]) =>
        encode(Type.changeRoles, id, session, filter, remove, add),
    closeSessions: (id: number, session: string | null, filter: string | null) => encode(Type.closeSessions, id, session, filter),
    addListener: (id: number, filter: string, keys: readonly string[]) => encode(Type.addListener, id, filter, keys),
    removeListener: (id: number) => encode(Type.removeListener, id),
    projectSend: (id: number, header: string, payload: Uint8Array) => encode(Type.projectSend, id, header, payload),
    addMessageHandler: (id: number, name: string) => encode(Type.addMessageHandler, id, name),
    removeMessageHandler: (id: number, name: string) => encode(Type.removeMessageHandler, id, name),
    close: () => encode(Type.close),
    leave: (hasMoved: boolean) => encode(Type.leave, hasMoved ? 1 : 0),
};
