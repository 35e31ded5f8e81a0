import type { Incoming } from './incoming.js';
import { Link } from './link.js';
import type { OpenReply } from './open.js';

/** What of a session belongs to its gateway: its id there, the secret to resume it, and the exchange of messages. */
export class SessionWire {
    readonly session: string;
    readonly key: string;
    readonly link: Link;
    /** Whether the exchange has come to something that cannot be read: it cannot be resumed. */
    isBroken = false;

    constructor(reply: OpenReply, receive: (message: Incoming, wire: SessionWire) => void) {
        this.session = reply.session;
        this.key = reply.key;
        this.link = new Link(message => receive(message, this));
    }
}
