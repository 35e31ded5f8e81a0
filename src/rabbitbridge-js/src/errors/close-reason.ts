import type { Reason } from './error-reason.js';

const names = new Map<number, string>([
    [0, 'CONNECTION_LOST'],
    [1, 'IO_EXCEPTION'],
    [2, 'CLIENT_UNRESPONSIVE'],
    [3, 'MESSAGE_QUEUE_LIMIT_REACHED'],
    [4, 'CLOSED_BY_CLIENT'],
    [5, 'MESSAGE_TOO_LARGE'],
    [6, 'INTERNAL_ERROR'],
    [7, 'INVALID_INBOUND_MESSAGE'],
    [8, 'ABORTED'],
    [9, 'LOST_MESSAGES'],
    [11, 'CLOSED_BY_CONTROLLER'],
    [12, 'FAILED_OVER'],
    [13, 'EXPIRED'],
    [14, 'REVOKED'],
    [15, 'SESSION_TAKEN_OVER'],
]);

/** Why a session was closed; names and numbers are Diffusion's. */
export type CloseReason = Reason;

/** @internal */
export const CONNECTION_LOST = 0;
/** @internal */
export const CLOSED_BY_CLIENT = 4;
/** @internal */
export const CLOSED_BY_CONTROLLER = 11;
/** @internal */
export const FAILED_OVER = 12;

/** @internal */
export function closeReason(id: number): CloseReason {
    return { id, name: names.get(id) ?? `UNKNOWN_${id}` };
}
