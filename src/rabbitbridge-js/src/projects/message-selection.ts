import { invalidData } from '../data/data-type.js';
import { textOrNothing } from './checks.js';
import type { SendMessageOptions } from './contracts.js';

/** To whom of a project a message goes: clients, the gateway, or both. */
export type MessageScope = 'C' | 'G' | 'CG';

/** What narrowed a message. What is undefined did not. */
export class MessageSelection {
    readonly scope: MessageScope | undefined;
    readonly clientSessionId: string | undefined;
    readonly user: string | undefined;
    readonly hasRole: string | undefined;
    readonly hostName: string | undefined;

    /** @internal @throws RabbitBridgeError INVALID_DATA */
    constructor(options: SendMessageOptions) {
        this.scope = scopeOf(options.scope);
        this.clientSessionId = textOrNothing('clientSessionId', options.clientSessionId);
        this.user = textOrNothing('user', options.user);
        this.hasRole = textOrNothing('hasRole', options.hasRole);
        this.hostName = textOrNothing('hostName', options.hostName);
    }

    /** The scope that holds: clients if a user, role or host is given and no scope, else both. */
    get effectiveScope(): MessageScope {
        return this.scope ?? (this.user === undefined && this.hasRole === undefined && this.hostName === undefined ? 'CG' : 'C');
    }

    /** The form that receipts have it in. */
    toString(): string {
        const { hostName = '', clientSessionId = '', user = '', hasRole = '' } = this;
        return `{hostName=${hostName}, clientId=${clientSessionId}, scope=${this.effectiveScope}, user=${user}, hasRole=${hasRole}}`;
    }
}

function scopeOf(letters: unknown): MessageScope | undefined {
    switch (letters) {
        case undefined: case null:
            return undefined;
        case 'C': case 'G':
            return letters;
        case 'CG': case 'GC':
            return 'CG';
        default:
            throw invalidData(`The scope '${String(letters)}' is none: C for clients, G for the gateway, or CG for both.`);
    }
}
