import { ErrorReason, errorReason } from '../errors/error-reason.js';
import { RabbitBridgeError } from '../errors/rabbit-bridge-error.js';
import type { Content, Incoming } from './incoming.js';
import type { Link } from './link.js';
import { MessageType as Type } from './message-type.js';

/** Who waits for what the gateway answers to a message. */
export interface Waiting {
    answered(content: Content | undefined): void;
    failed(error: RabbitBridgeError): void;
    /** Only for filter requests: what a session has answered. */
    answeredBy?(session: string, content: Content | undefined): void;
    /** Only for filter requests: why a session has not. */
    failedBy?(session: string, error: RabbitBridgeError): void;
    /** Only for filter requests: to how many sessions it was sent. */
    counted?(sessions: number): void;
    /** Only for filter requests: the gateway may send no more, and asks how many answers have been taken. */
    asked?(): void;
}

/** What this session has asked and the gateway has not answered. */
export class Calls {
    readonly #waiting = new Map<number, { readonly waiting: Waiting; readonly link: Link }>();
    #last = 0;

    /** Enters who waits, and over which link they ask; gives the number of what they asked. */
    add(waiting: Waiting, link: Link): number {
        this.#waiting.set(++this.#last, { waiting, link });
        return this.#last;
    }

    /** Nobody waits any more. */
    remove(id: number): boolean {
        return this.#waiting.delete(id);
    }

    /** Passes an answer on; one that nobody waits for is dropped. */
    receive(message: Incoming): void {
        const waiting = 'id' in message ? this.#waiting.get(message.id)?.waiting : undefined;
        if (waiting === undefined)
            return;
        switch (message.type) {
            case Type.response:
                this.#waiting.delete(message.id);
                waiting.answered(message.content);
                break;
            case Type.error:
                this.#waiting.delete(message.id);
                waiting.failed(new RabbitBridgeError(errorReason(message.reason), message.text));
                break;
            case Type.filterAnswer:
                waiting.answeredBy?.(message.session, message.content);
                break;
            case Type.filterError:
                waiting.failedBy?.(message.session, new RabbitBridgeError(errorReason(message.reason), message.text));
                break;
            case Type.filterCount:
                waiting.counted?.(message.sessions);
                break;
            case Type.credit:
                waiting.asked?.();
                break;
            default:
                break;
        }
    }

    /** What was asked over a link ends, or everything. */
    failAll(reason: keyof typeof ErrorReason, text: string, link?: Link): void {
        const all = [...this.#waiting].filter(([, asked]) => link === undefined || asked.link === link);
        for (const [id] of all)
            this.#waiting.delete(id);
        for (const [, { waiting }] of all)
            waiting.failed(new RabbitBridgeError(ErrorReason[reason], text));
    }
}
