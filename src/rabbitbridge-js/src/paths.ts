import { ErrorReason } from './errors/error-reason.js';
import { RabbitBridgeError } from './errors/rabbit-bridge-error.js';

/** The root, where a handler catches what no deeper one takes. */
export const ROOT = '/';

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const HALF_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * The canonical form of the path of a branch: without one leading and one trailing `/`. It must be the gateway's form to the letter,
 * because requests that come in find their handler or stream by it.
 *
 * @throws RabbitBridgeError INVALID_PATH
 */
export function branchPath(path: string): string {
    if (typeof path !== 'string' || path === '')
        throw invalid(`A message path is text of one or more segments joined by '/', not ${path === '' ? 'empty' : String(path)}.`);
    if (path === ROOT)
        return ROOT;
    const start = path.startsWith('/') ? 1 : 0;
    const body = path.slice(start, path.length > start && path.endsWith('/') ? -1 : undefined);
    if (body === '' || body.split('/').includes(''))
        throw invalid(`The message path '${shown(path)}' has an empty segment.`);
    if (CONTROL.test(body))
        throw invalid(`The message path '${shown(path)}' has a control character.`);
    if (HALF_SURROGATE.test(body))
        throw invalid(`The message path '${shown(path)}' has half of a surrogate pair.`);
    return body;
}

/**
 * The canonical form of a path to which a request is sent.
 *
 * @throws RabbitBridgeError INVALID_PATH
 */
export function targetPath(path: string): string {
    const canonical = branchPath(path);
    if (canonical === ROOT)
        throw invalid("'/' names the root: a handler may be registered there, but a request needs a path of at least one segment.");
    return canonical;
}

function invalid(text: string): RabbitBridgeError {
    return new RabbitBridgeError(ErrorReason.INVALID_PATH, text);
}

// Neither control characters nor a text without end belong into a log.
function shown(path: string): string {
    return (path.length > 80 ? `${path.slice(0, 80)}…` : path).replace(new RegExp(`${CONTROL.source}|${HALF_SURROGATE.source}`, 'g'), '\ufffd');
}
