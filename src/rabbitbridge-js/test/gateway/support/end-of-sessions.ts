import { eventually } from '../../support/conditions.js';
import type { Session } from '../../../src/index.js';
import type { TcpProxy } from './tcp-proxy.js';

/** Brings sessions to their end by taking their connection, at a gateway without a grace period. */
export class EndOfSessions {
    readonly #over = new Set<string>();

    private constructor() {
    }

    /** @param watcher a session at the same gateway, which hears of the ends of others */
    static async seenBy(watcher: Session): Promise<EndOfSessions> {
        const ends = new EndOfSessions();
        await watcher.sessions.addListener({ onClosed: id => ends.#over.add(id) });
        return ends;
    }

    /**
     * Lets the client through again when the gateway has noticed: a client that comes back before that goes on with the session that it has, as it
     * should, grace period or not.
     */
    async bring(session: Session, proxy: TcpProxy): Promise<void> {
        const { sessionId } = session;
        proxy.shut();
        await eventually(`the gateway ends session ${sessionId}`, () => Promise.resolve(this.#over.has(sessionId)));
        proxy.open();
    }
}
