import { describe, expect, it } from 'vitest';
import { readFrame, type Incoming } from '../../src/link/incoming.js';
import { Link } from '../../src/link/link.js';
import { outgoing } from '../../src/link/outgoing.js';
import { FrameGapError, ProtocolError } from '../../src/link/protocol-error.js';
import { decodeMulti } from '@msgpack/msgpack';
import { frame } from './fixtures.js';

/** A connection whose sends complete when the test says so. */
class Wire {
    readonly frames: Uint8Array[] = [];
    #waiting: { resolve(): void; reject(error: Error): void }[] = [];

    constructor(private readonly isAutomatic = true) {
    }

    readonly send = (bytes: Uint8Array): Promise<void> => {
        this.frames.push(bytes);
        return this.isAutomatic ? Promise.resolve() : new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    };

    release(): void {
        this.#waiting.shift()?.resolve();
    }

    fail(): void {
        this.#waiting.shift()?.reject(new Error('gone'));
    }

    /** `[number, acknowledged, id, id, …]` of each frame. */
    get summary(): unknown[] {
        return this.frames.map(bytes => [...decodeMulti(bytes)].flatMap((value, i) => i === 0 ? value as number[] : [(value as number[])[1]]));
    }
}

/** All microtasks that are to come have run when this is over. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

function link(): { link: Link; received: Incoming[] } {
    const received: Incoming[] = [];
    return { link: new Link(message => received.push(message)), received };
}

describe('sending', () => {
    it('puts what is posted in the same moment into one frame', async () => {
        const { link: it } = link();
        const wire = new Wire();
        it.attach(wire.send, 0);
        it.post(outgoing.cancel(1));
        it.post(outgoing.cancel(2));
        await turn();
        it.post(outgoing.cancel(3));
        await turn();
        expect(wire.summary).toEqual([[1, 0, 1, 2], [2, 0, 3]]);
    });

    it('puts what is posted while a frame is on its way into the next one', async () => {
        const { link: it } = link();
        const wire = new Wire(false);
        it.attach(wire.send, 0);
        for (let id = 1; id <= 4; id++) {
            it.post(outgoing.cancel(id));
            await turn();
        }

        expect(wire.summary).toEqual([[1, 0, 1]]);
        wire.release();
        await turn();
        expect(wire.summary).toEqual([[1, 0, 1], [2, 0, 2, 3, 4]]);
    });

    it('closes a frame at 32 KiB', async () => {
        const { link: it } = link();
        const wire = new Wire();
        it.attach(wire.send, 0);
        const content = { contentType: 'x', payload: new Uint8Array(20 * 1024) };
        for (let id = 1; id <= 5; id++)
            it.post(outgoing.response(id, content));
        await turn();
        expect(wire.summary).toEqual([[1, 0, 1, 2], [2, 0, 3, 4], [3, 0, 5]]);
    });

    it('waits for a connection', async () => {
        const { link: it } = link();
        it.post(outgoing.cancel(1));
        await turn();
        const wire = new Wire();
        it.attach(wire.send, 0);
        await turn();
        expect(wire.summary).toEqual([[1, 0, 1]]);
    });

    it('counts what is not known to have arrived', async () => {
        const { link: it } = link();
        const wire = new Wire();
        it.attach(wire.send, 0);
        it.post(outgoing.cancel(1));
        await turn();
        expect(it.queuedBytes).toBe(outgoing.cancel(1).length);
        it.onFrame(frame(0, 1));
        expect(it.queuedBytes).toBe(0);
    });
});

describe('what is withdrawn (D30)', () => {
    it('does not go out when there is a connection at last, and holds nothing', async () => {
        const { link: it } = link();
        for (let id = 1; id <= 4; id++)
            it.post(outgoing.cancel(id), id);
        expect([1, 2, 4].map(id => it.withdraw(id))).toEqual([true, true, true]);
        expect(it.queuedBytes).toBe(outgoing.cancel(3).length);
        const wire = new Wire();
        it.attach(wire.send, 0);
        await turn();
        expect(wire.summary).toEqual([[1, 0, 3]]);
        it.onFrame(frame(0, 1));
        expect(it.queuedBytes).toBe(0);
    });

    it('leaves no frame if it was all of one', async () => {
        const { link: it } = link();
        it.post(outgoing.cancel(1), 1);
        it.withdraw(1);
        const wire = new Wire();
        it.attach(wire.send, 0);
        await turn();
        expect(wire.summary).toEqual([]);
        it.post(outgoing.cancel(2), 2);
        await turn();
        expect(wire.summary).toEqual([[1, 0, 2]]);
    });

    it('may have arrived if it was sent; what has not is sent again without it', async () => {
        const { link: it } = link();
        const first = new Wire();
        it.attach(first.send, 0);
        it.post(outgoing.cancel(1), 1);
        it.post(outgoing.cancel(2), 2);
        await turn();
        expect(it.withdraw(1)).toBe(false);
        it.detach();
        const second = new Wire();
        it.attach(second.send, 0);
        await turn();
        expect(second.summary).toEqual([[1, 0, 2]]);
    });

    it('is nothing that is not known', () => {
        const { link: it } = link();
        expect(it.withdraw(1)).toBe(false);
    });
});

describe('resumption', () => {
    it('sends again, in order and first of all, what the gateway has not', async () => {
        const { link: it } = link();
        const first = new Wire();
        it.attach(first.send, 0);
        for (let id = 1; id <= 4; id++) {
            it.post(outgoing.cancel(id));
            await turn();
        }

        it.onFrame(frame(1, 1));
        it.detach();
        it.post(outgoing.cancel(5));
        const second = new Wire();
        it.attach(second.send, 2);
        await turn();
        expect(second.summary).toEqual([[3, 1, 3], [4, 1, 4], [5, 1, 5]]);
    });

    it('sends a frame again that failed with its connection, and is not held up by one that hangs', async () => {
        const { link: it } = link();
        const first = new Wire(false);
        it.attach(first.send, 0);
        it.post(outgoing.cancel(1));
        await turn();
        first.fail();
        await turn();
        const second = new Wire(false);
        it.attach(second.send, 0);
        await turn();
        expect(second.summary).toEqual([[1, 0, 1]]);
        it.post(outgoing.cancel(2));
        const third = new Wire();
        it.attach(third.send, 0);
        await turn();
        expect(third.summary).toEqual([[1, 0, 1], [2, 0, 2]]);
        second.release();
        await turn();
        expect(second.frames).toHaveLength(1);
    });

    it('sends the rest once more if the connection is lost while it is sent again', async () => {
        const { link: it } = link();
        const first = new Wire();
        it.attach(first.send, 0);
        for (let id = 1; id <= 3; id++) {
            it.post(outgoing.cancel(id));
            await turn();
        }

        it.detach();
        const second = new Wire(false);
        it.attach(second.send, 1);
        await turn();
        second.fail();
        await turn();
        const third = new Wire();
        it.attach(third.send, 1);
        await turn();
        expect(third.summary).toEqual([[2, 0, 2], [3, 0, 3]]);
    });

    it('takes acknowledgements of frames while they are sent again', async () => {
        const { link: it } = link();
        const first = new Wire();
        it.attach(first.send, 0);
        for (let id = 1; id <= 3; id++) {
            it.post(outgoing.cancel(id));
            await turn();
        }

        const second = new Wire(false);
        it.attach(second.send, 0);
        await turn();
        it.onFrame(frame(1, 1));
        second.release();
        await turn();
        second.release();
        await turn();
        expect(second.summary).toEqual([[1, 0, 1], [2, 1, 2], [3, 1, 3]]);
    });

    it('refuses a gateway that has what was never sent', () => {
        const { link: it } = link();
        expect(() => it.attach(new Wire().send, 1)).toThrow(ProtocolError);
        expect(() => it.onFrame(frame(1, 4))).toThrow(ProtocolError);
    });
});

describe('receiving', () => {
    it('passes over a frame that it has seen, and minds a gap', () => {
        const { link: it, received } = link();
        it.onFrame(frame(1, 0, [3, 1]));
        it.onFrame(frame(1, 0, [3, 1]));
        it.onFrame(frame(2, 0, [3, 2]));
        it.onFrame(frame(1, 0, [3, 1]));
        expect(() => it.onFrame(frame(4, 0, [3, 4]))).toThrow(FrameGapError);
        it.onFrame(frame(3, 0, [3, 3]));
        expect(received).toEqual([1, 2, 3].map(id => ({ type: 3, id })));
        expect(it.received).toBe(3);
    });

    it('acknowledges after 16 frames', async () => {
        const { link: it } = link();
        const wire = new Wire();
        it.attach(wire.send, 0);
        for (let number = 1; number <= 15; number++)
            it.onFrame(frame(number, 0));
        await turn();
        expect(wire.frames).toHaveLength(0);
        it.onFrame(frame(16, 0));
        await turn();
        expect(readFrame(wire.frames[0]!)).toEqual({ number: 0, acknowledged: 16, messages: [] });
        it.onFrame(frame(17, 0));
        await turn();
        expect(wire.frames).toHaveLength(1);
    });

    it('acknowledges after 64 KiB', async () => {
        const { link: it } = link();
        const wire = new Wire();
        it.attach(wire.send, 0);
        it.onFrame(frame(1, 0, [99, new Uint8Array(64 * 1024)]));
        await turn();
        expect(wire.summary).toEqual([[0, 1]]);
    });

    it('acknowledges with what it sends', async () => {
        const wire = new Wire();
        const answering = new Link(message => answering.post(outgoing.cancel((message as { id: number }).id)));
        answering.attach(wire.send, 0);
        for (let number = 1; number <= 16; number++)
            answering.onFrame(frame(number, 0, [3, number]));
        await turn();
        expect(wire.summary).toEqual([[1, 16, ...Array.from({ length: 16 }, (_, i) => i + 1)]]);
    });
});
