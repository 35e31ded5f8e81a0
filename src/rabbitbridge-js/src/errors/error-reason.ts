/** Why an operation failed. There is one object for each reason, so `===` compares them. */
export interface Reason {
    /** The number, the same in all RabbitBridge clients. */
    readonly id: number;
    /** The name, for instance `UNHANDLED_MESSAGE`. */
    readonly name: string;
}

function reason(id: number, name: string): Reason {
    return Object.freeze({ id, name });
}

/** The reasons of {@link RabbitBridgeError}. Those up to 9003 are Diffusion's. */
export const ErrorReason = Object.freeze({
    /** The link to the gateway or to the broker was lost. Whether the request was executed is not known. */
    COMMUNICATION_FAILURE: reason(100, 'COMMUNICATION_FAILURE'),
    /** The session that sent the request, or that should have answered it, is closed. */
    SESSION_CLOSED: reason(101, 'SESSION_CLOSED'),
    /** No response arrived within the request's time. */
    REQUEST_TIME_OUT: reason(102, 'REQUEST_TIME_OUT'),
    /** The session lacks a permission that the operation needs, or was not let in. */
    ACCESS_DENIED: reason(103, 'ACCESS_DENIED'),
    /** The recipient does not offer the operation. */
    UNSUPPORTED: reason(104, 'UNSUPPORTED'),
    /** The handler or stream threw. The details never reach the sender. */
    CALLBACK_EXCEPTION: reason(105, 'CALLBACK_EXCEPTION'),
    /** The data could not be read, or is larger than is allowed. */
    INVALID_DATA: reason(106, 'INVALID_DATA'),
    /** No session with that identifier is open anywhere in the fabric. */
    NO_SUCH_SESSION: reason(107, 'NO_SUCH_SESSION'),
    /** The value's data type cannot be read as the type that the recipient wants. */
    INCOMPATIBLE_DATATYPE: reason(108, 'INCOMPATIBLE_DATATYPE'),
    /** Nobody handles the message path. */
    UNHANDLED_MESSAGE: reason(109, 'UNHANDLED_MESSAGE'),
    /** The cluster was being repartitioned. The request was not executed and may be sent again. */
    CLUSTER_REPARTITION: reason(110, 'CLUSTER_REPARTITION'),
    /** The operation does not fit the state that its target is in. */
    INCOMPATIBLE_STATE: reason(111, 'INCOMPATIBLE_STATE'),
    /** The request could not be routed just now. It was not executed and may be sent again. */
    CLUSTER_ROUTING: reason(112, 'CLUSTER_ROUTING'),
    /** Another registration holds the branch of the topic tree. */
    TOPIC_TREE_REGISTRATION_CONFLICT: reason(200, 'TOPIC_TREE_REGISTRATION_CONFLICT'),
    /** The session already has a handler on the path. */
    HANDLER_CONFLICT: reason(201, 'HANDLER_CONFLICT'),
    /** The message path is malformed. */
    INVALID_PATH: reason(202, 'INVALID_PATH'),
    /** The recipient answered with `responder.reject`. */
    REJECTED_REQUEST: reason(9003, 'REJECTED_REQUEST'),
    /** There are as many unanswered requests as may be. The request was not executed. */
    OVERLOADED: reason(20001, 'OVERLOADED'),
    /** The session filter could not be parsed. */
    INVALID_FILTER: reason(20005, 'INVALID_FILTER'),
});

const byId = new Map<number, Reason>(Object.values(ErrorReason).map(known => [known.id, known]));

/** @internal */
export function errorReason(id: number): Reason {
    return byId.get(id) ?? reason(id, `UNKNOWN_${id}`);
}
