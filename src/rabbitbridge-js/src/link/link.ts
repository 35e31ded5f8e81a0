import { readFrame, type Incoming } from './incoming.js';
import { outgoing } from './outgoing.js';
import { FrameGapError, ProtocolError } from './protocol-error.js';

/** A frame that has so many bytes takes no more messages. */
const FRAME_BYTES = 32 * 1024;
const FRAMES_TO_ACKNOWLEDGE = 16;
const BYTES_TO_ACKNOWLEDGE = 64 * 1024;
const WITHDRAWN = new Uint8Array(0);

/** Sends a frame over a connection: completes when it may send the next one, fails when the connection is gone. */
export type SendFrame = (frame: Uint8Array) => Promise<void>;

interface Posted {
    /** Empty when it has been withdrawn. */
    bytes: Uint8Array;
    /** Its number, if it may be withdrawn. */
    readonly id: number | undefined;
}

interface KeptFrame {
    readonly number: number;
    readonly messages: readonly Posted[];
}

/**
 * This side of a session's exchange of messages, over however many connections. What is posted goes out in order, exactly once: a frame is
 * kept until the gateway has it, and is sent again over the next connection. Messages posted in the same moment, or while a frame is on its
 * way, share the next one. What is withdrawn before it has gone out never does.
 */
export class Link {
    readonly #receive: (message: Incoming) => void;
    #open: Posted[] = [];
    #openBytes = 0;
    readonly #pending: Posted[][] = [];
    // Of what is not known to have arrived, that which may be withdrawn.
    readonly #asked = new Map<number, Posted>();
    #kept: KeptFrame[] = [];
    // How many of the kept frames the present connection has carried.
    #carried = 0;
    #send: SendFrame | undefined;
    #isSending = false;
    #sent = 0;
    #received = 0;
    #told = 0;
    #toldFrames = 0;
    #toldBytes = 0;
    #queuedBytes = 0;

    /** @param receive takes what the gateway sends, in order; it must not throw */
    constructor(receive: (message: Incoming) => void) {
        this.#receive = receive;
    }

    /** The number of the last frame from the gateway. */
    get received(): number {
        return this.#received;
    }

    /** The bytes that are posted and not known to have arrived. */
    get queuedBytes(): number {
        return this.#queuedBytes;
    }

    /** The number of the oldest frame that is sent and not known to have arrived. */
    get oldestKept(): number | undefined {
        return this.#kept[0]?.number;
    }

    /**
     * Sends a message, now or when there is a connection.
     *
     * @param id its number, if it may be withdrawn
     */
    post(message: Uint8Array, id?: number): void {
        if (this.#open.length === 0)
            this.#pending.push(this.#open);
        const posted = { bytes: message, id };
        this.#open.push(posted);
        if (id !== undefined)
            this.#asked.set(id, posted);
        this.#openBytes += message.length;
        this.#queuedBytes += message.length;
        if (this.#openBytes >= FRAME_BYTES)
            this.#closeOpen();
        this.#schedule();
    }

    /**
     * Nobody waits for what was asked any more: unless it has arrived, it does not go out.
     *
     * @returns whether it certainly does not; false also for what is not known here
     */
    withdraw(id: number): boolean {
        const posted = this.#asked.get(id);
        if (posted === undefined)
            return false;
        this.#asked.delete(id);
        this.#queuedBytes -= posted.bytes.length;
        posted.bytes = WITHDRAWN;
        // A frame that was sent may have arrived; if it has not, it is sent again without this.
        return !this.#kept.some(frame => frame.messages.includes(posted));
    }

    /**
     * Goes on over a new connection, with what was not carried to the end by those before.
     *
     * @param receivedByOther the last frame that the gateway has
     * @throws ProtocolError the gateway says that it has what was never sent
     */
    attach(send: SendFrame, receivedByOther: number): void {
        this.#acknowledge(receivedByOther);
        this.#send = send;
        // Whatever still waits on the connection before is not waited for.
        this.#isSending = false;
        this.#carried = 0;
        this.#schedule();
    }

    /** The connection is gone; what is posted waits for the next one. */
    detach(): void {
        this.#send = undefined;
    }

    /**
     * Takes a frame.
     *
     * @throws ProtocolError it cannot be read
     * @throws FrameGapError frames before it are missing
     */
    onFrame(bytes: Uint8Array): void {
        const { number, acknowledged, messages } = readFrame(bytes);
        this.#acknowledge(acknowledged);
        if (number <= this.#received)
            return;
        if (number !== this.#received + 1)
            throw new FrameGapError(`Frame ${number} has come after frame ${this.#received}.`);
        this.#received = number;
        this.#toldFrames++;
        this.#toldBytes += bytes.length;
        for (const message of messages)
            this.#receive(message);
        // After the messages: an answer given at once takes the acknowledgement along.
        if (this.#mustAcknowledge)
            this.#schedule();
    }

    get #mustAcknowledge(): boolean {
        return this.#received > this.#told && (this.#toldFrames >= FRAMES_TO_ACKNOWLEDGE || this.#toldBytes >= BYTES_TO_ACKNOWLEDGE);
    }

    get #hasWork(): boolean {
        return this.#carried < this.#kept.length || this.#pending.length > 0 || this.#mustAcknowledge;
    }

    #schedule(): void {
        const send = this.#send;
        if (this.#isSending || send === undefined || !this.#hasWork)
            return;
        this.#isSending = true;
        // Not at once: what is posted in the same moment shares the frame.
        queueMicrotask(() => void this.#run(send));
    }

    async #run(send: SendFrame): Promise<void> {
        while (this.#send === send) {
            const frame = this.#next();
            if (frame === undefined) {
                this.#isSending = false;
                return;
            }

            try {
                await send(frame);
            } catch {
                // The frame is kept for the next connection, which may be there already.
                if (this.#send === send)
                    this.detach();
            }
        }
    }

    #next(): Uint8Array | undefined {
        const again = this.#kept[this.#carried];
        if (again !== undefined) {
            this.#carried++;
            return this.#frame(again.number, again.messages);
        }

        for (let messages = this.#pending.shift(); messages !== undefined; messages = this.#pending.shift()) {
            if (messages === this.#open)
                this.#closeOpen();
            if (messages.every(message => message.bytes === WITHDRAWN))
                continue;
            this.#kept.push({ number: ++this.#sent, messages });
            this.#carried++;
            return this.#frame(this.#sent, messages);
        }

        return this.#mustAcknowledge ? this.#frame(0, []) : undefined;
    }

    #arrived(message: Posted): void {
        this.#queuedBytes -= message.bytes.length;
        if (message.id !== undefined)
            this.#asked.delete(message.id);
    }

    #closeOpen(): void {
        this.#open = [];
        this.#openBytes = 0;
    }

    #frame(number: number, messages: readonly Posted[]): Uint8Array {
        this.#told = this.#received;
        this.#toldFrames = 0;
        this.#toldBytes = 0;
        const parts = [outgoing.header(number, this.#received), ...messages.map(message => message.bytes)];
        const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
        let at = 0;
        for (const part of parts) {
            bytes.set(part, at);
            at += part.length;
        }

        return bytes;
    }

    #acknowledge(number: number): void {
        if (number > this.#sent)
            throw new ProtocolError(`The gateway has frame ${number}, which was never sent.`);
        let arrived = 0;
        for (; arrived < this.#kept.length && this.#kept[arrived]!.number <= number; arrived++) {
            for (const message of this.#kept[arrived]!.messages)
                this.#arrived(message);
        }

        if (arrived === 0)
            return;
        this.#kept = this.#kept.slice(arrived);
        this.#carried = Math.max(0, this.#carried - arrived);
    }
}
