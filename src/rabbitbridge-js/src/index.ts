export { connect } from './connect.js';
export type { ConnectOptions, ReconnectOptions } from './options.js';
export type { HubProtocol, Transport } from './link/signalr-connection.js';
export { Session, type SessionEvents } from './session.js';
export { datatypes, type DataTypeOrName } from './data/datatypes.js';
export { DataType } from './data/data-type.js';
export { JsonPrimitive, type Json } from './data/json.js';
export { RecordV2 } from './data/record-v2.js';
export { ErrorReason, type Reason } from './errors/error-reason.js';
export type { CloseReason } from './errors/close-reason.js';
export { RabbitBridgeError } from './errors/rabbit-bridge-error.js';
export { Messages, type SessionIdLike } from './messages/messages.js';
export type {
    FilterCallback, Registration, RequestContext, RequestHandler, RequestOptions, RequestStream, Responder,
} from './messages/contracts.js';
export { Sessions, type SessionListenerOptions } from './sessions/sessions.js';
export type { SessionListener } from './sessions/listeners.js';
export { PropertyKeys, type Keys } from './sessions/property-keys.js';
export { escape } from './sessions/escape.js';
export { Projects } from './projects/projects.js';
export type { MessageHandler, ProjectMessage, ProjectRequestOptions, SendMessageOptions } from './projects/contracts.js';
export { MessageReceipt, type SendStatus } from './projects/message-receipt.js';
export { MessageSelection, type MessageScope } from './projects/message-selection.js';
export type { Handling, HandledMessage, SendTarget, Sending, SentMessage, ServerAddress, Telemetry } from './telemetry/contracts.js';
