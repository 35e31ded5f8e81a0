import type { MessageSelection } from './message-selection.js';

/**
 * What became of a message at one system. `SENT`: it was handed to the handler's queue. `NO_HANDLER`: there is no handler of that name.
 * `DENIED`: the handler is not for the sender's roles. `UNREACHABLE`: the server is not known, does not answer or was lost; whether it has the
 * message is not known. `OVERLOADED`: the handler's queue is full, or the server has too much to do.
 */
export type SendStatus = 'SENT' | 'NO_HANDLER' | 'DENIED' | 'UNREACHABLE' | 'OVERLOADED';

/** A system that a message was selected for, and what became of it there. Its text is that of Ignition's `system.util.sendMessage`. */
export class MessageReceipt {
    readonly type: 'Gateway' | 'Client';
    /** The client session; undefined for a gateway. */
    readonly sessionId: string | undefined;
    /** The client's address; empty for a gateway, and for a session inside a gateway's process. */
    readonly clientAddress: string;
    /** The client's host; empty for a gateway. */
    readonly clientHostName: string;
    readonly project: string;
    /** The handler's name. */
    readonly messageHandler: string;
    /** What narrowed the message. */
    readonly selection: MessageSelection;
    readonly status: SendStatus;
    /** The server, if it is not the sender's own. */
    readonly server: string | undefined;

    /** @internal */
    constructor(project: string, messageHandler: string, selection: MessageSelection, told: ToldReceipt) {
        this.type = told.session === undefined ? 'Gateway' : 'Client';
        this.sessionId = told.session;
        this.clientAddress = told.address ?? '';
        this.clientHostName = told.host ?? '';
        this.project = project;
        this.messageHandler = messageHandler;
        this.selection = selection;
        this.status = told.status;
        this.server = told.server;
    }

    /** One line of comma-separated fields; `server` is last, where there is one. */
    toString(): string {
        const client = this.type === 'Client' ? `,sessionId=${this.sessionId},clientAddress=${this.clientAddress},clientHostName=${this.clientHostName}` : '';
        const server = this.server === undefined ? '' : `,server=${this.server}`;
        return `type=${this.type}${client},project=${this.project},messageHandler=${this.messageHandler},filterParams=${this.selection},sendStatus=${this.status}${server}`;
    }
}

/** @internal A receipt as the gateway tells it. */
export interface ToldReceipt {
    readonly session?: string;
    readonly address?: string;
    readonly host?: string;
    readonly status: SendStatus;
    readonly server?: string;
}
