import { expect, it } from 'vitest';
import { MessageQueue } from '../../src/projects/message-queue.js';
import { Told } from '../support/conditions.js';

it('messages wait until they have as many bytes as they may, and the next find room when some are handled', async () => {
    const gates: Told<void>[] = [];
    const queue = new MessageQueue<{ payload: Uint8Array }>(100, 1000, () => {
        gates.push(new Told<void>());
        return gates.at(-1)!.promise;
    });
    const put = (bytes: number): boolean => queue.put({ payload: new Uint8Array(bytes) });
    // The first is being handled, and waits no more.
    expect([5000, 999, 5000, 0].map(put)).toEqual([true, true, true, false]);
    gates[0]!.tell();
    await expect.poll(() => gates.length).toBe(2);
    expect(put(1)).toBe(false);
    gates[1]!.tell();
    await expect.poll(() => gates.length).toBe(3);
    expect(put(1)).toBe(true);
});
