import { describe, expect, it } from 'vitest';
import { decodeMulti } from '@msgpack/msgpack';
import { readFrame } from '../../src/link/incoming.js';
import { outgoing } from '../../src/link/outgoing.js';
import { ProtocolError } from '../../src/link/protocol-error.js';
import { concat, frame, hex, toHex, utf8 } from './fixtures.js';

const text = { contentType: 'text/plain', payload: utf8('hi') };
const TEXT = 'aa 746578742f706c61696e c402 6869';
const SESSION = '0123456789abcdef-0123456789abcdef';
const SESSION_HEX = `d921 ${toHex(utf8(SESSION))}`;

describe('messages to the gateway', () => {
    it.each<[string, Uint8Array, string]>([
        ['header', outgoing.header(1, 0), '92 01 00'],
        ['header with large numbers', outgoing.header(300, 2 ** 32), '92 cd012c cf0000000100000000'],
        ['request', outgoing.request(7, 'a/b', null, null, text, null), `98 01 07 a3612f62 c0 c0 ${TEXT} c0`],
        ['request to a session', outgoing.request(7, 'a/b', SESSION, 5000, text, 't'), `98 01 07 a3612f62 ${SESSION_HEX} cd1388 ${TEXT} a174`],
        ['filter request', outgoing.filterRequest(8, 'all', 'a', 0, text, null), `98 02 08 a3616c6c a161 00 ${TEXT} c0`],
        ['cancel', outgoing.cancel(200), '92 03 ccc8'],
        ['response', outgoing.response(9, text), `94 04 09 ${TEXT}`],
        ['error', outgoing.error(9, 9003, 'no'), '94 05 09 cd232b a26e6f'],
        ['error with a long text', outgoing.error(9, 9003, `${'x'.repeat(4094)}\u{1f407}y`), `94 05 09 cd232b da1001 ${'78'.repeat(4094)} e280a6`],
        ['credit', outgoing.credit(8, 64), '93 09 08 40'],
        ['add handler', outgoing.addHandler(1, 'a', ['*F'], false), '95 0a 01 a161 91a22a46 c2'],
        ['remove handler', outgoing.removeHandler(2, 'a'), '93 0b 02 a161'],
        ['set properties', outgoing.setProperties(3, null, 'all', { a: 'b', c: null }), '95 0d 03 c0 a3616c6c 82 a161 a162 a163 c0'],
        ['close sessions', outgoing.closeSessions(5, null, 'all'), '94 1e 05 c0 a3616c6c'],
        ['change roles', outgoing.changeRoles(4, null, 'all', ['x'], []), '96 0e 04 c0 a3616c6c 91a178 90'],
        ['add listener', outgoing.addListener(5, 'all', []), '94 0f 05 a3616c6c 90'],
        ['remove listener', outgoing.removeListener(5), '92 10 05'],
        ['close', outgoing.close(), '91 14'],
        ['project send', outgoing.projectSend(6, '{}', utf8('{}')), '94 16 06 a27b7d c4027b7d'],
        ['add message handler', outgoing.addMessageHandler(7, 'h'), '93 17 07 a168'],
        ['remove message handler', outgoing.removeMessageHandler(8, 'h'), '93 18 08 a168'],
    ])('%s', (_, bytes, expected) => expect(toHex(bytes)).toBe(expected.replace(/\s/g, '')));

    it('carries ids of 2^53 - 1', () => {
        const [decoded] = [...decodeMulti(outgoing.cancel(Number.MAX_SAFE_INTEGER))];
        expect(decoded).toEqual([3, Number.MAX_SAFE_INTEGER]);
    });
});

describe('frames from the gateway', () => {
    it('reads each message', () => {
        const bytes = hex(`92 05 03
            92 03 07
            94 04 08 ${TEXT}
            94 04 09 c0 c0
            94 05 0a 6d a26e6f
            95 06 0b ${SESSION_HEX} ${TEXT}
            95 07 0b ${SESSION_HEX} cd232b a26e6f
            93 08 0b 02
            93 09 0b 00
            9a 0c 0c a3612f62 a161 ${SESSION_HEX} 81 a162a163 cd1388 ${TEXT} a174
            9a 0c 0d a161 c0 c0 c0 00 ${TEXT} c0
            97 11 0e ${SESSION_HEX} 02 81a162a163 82a162c0a164a165 00
            92 12 81a162a163
            93 13 0b a3627965
            93 19 a27b7d c4027b7d`);
        const read = readFrame(bytes);
        expect(read.number).toBe(5);
        expect(read.acknowledged).toBe(3);
        expect(read.messages).toEqual([
            { type: 3, id: 7 },
            { type: 4, id: 8, content: text },
            { type: 4, id: 9, content: undefined },
            { type: 5, id: 10, reason: 109, text: 'no' },
            { type: 6, id: 11, session: SESSION, content: text },
            { type: 7, id: 11, session: SESSION, reason: 9003, text: 'no' },
            { type: 8, id: 11, sessions: 2 },
            { type: 9, id: 11 },
            { type: 12, id: 12, path: 'a/b', branch: 'a', sender: SESSION, properties: { b: 'c' }, milliseconds: 5000, content: text, traceParent: 't' },
            { type: 12, id: 13, path: 'a', branch: undefined, sender: undefined, properties: {}, milliseconds: 0, content: text, traceParent: undefined },
            { type: 17, id: 14, session: SESSION, kind: 2, properties: { b: 'c' }, previous: { b: null, d: 'e' }, reason: 0 },
            { type: 18, properties: { b: 'c' } },
            { type: 19, reason: 11, text: 'bye' },
            { type: 25, header: '{}', payload: utf8('{}') },
        ]);
    });

    it('passes over elements and types that it does not know', () => {
        const everything = [null, true, -1, -200, 2 ** 20, -(2 ** 20), 2 ** 40, 1.5, 'x'.repeat(40), 'x'.repeat(300), new Uint8Array(300), { a: { b: [1] } },
            Array.from({ length: 20 }, (_, i) => i), new Date()];
        const read = readFrame(frame(1, 0, [99, 5, ...everything], [3, 7, ...everything]));
        expect(read.messages).toEqual([{ type: 3, id: 7 }]);
    });

    it('passes over what is nested a hundred thousand deep', () => {
        const deep = concat(hex('92 63'), new Uint8Array(100_000).fill(0x91), hex('c0'));
        expect(readFrame(concat(frame(1, 0), deep, hex('92 03 07'))).messages).toEqual([{ type: 3, id: 7 }]);
    });

    it('reads text that begins with U+FEFF to the letter', () => {
        const [message] = readFrame(frame(1, 0, [5, 1, 109, '\ufeffx'])).messages;
        expect(message).toMatchObject({ text: '\ufeffx' });
    });

    it('reads a property whose key is __proto__ as one like others', () => {
        const [message] = readFrame(concat(frame(1, 0), hex('92 12 81 a9'), utf8('__proto__'), hex('a178'))).messages;
        expect(Object.entries((message as { properties: object }).properties)).toEqual([['__proto__', 'x']]);
    });

    it.each([
        ['nothing', ''],
        ['no array', '01'],
        ['a short header', '91 01'],
        ['a message cut off', '92 01 00 94 04 08 aa 7465'],
        ['a message without elements', '92 01 00 90'],
        ['a message with too few', '92 01 00 93 04 08 c0'],
        ['an id that is text', '92 01 00 92 03 a161'],
        ['a number beyond 2^53', '92 cfffffffffffffffff 00'],
        ['a byte that is no MessagePack', '92 01 00 92 63 c1'],
        ['a property without value', '92 01 00 92 12 81a161c0'],
    ])('refuses %s', (_, digits) => expect(() => readFrame(hex(digits))).toThrow(ProtocolError));
});
