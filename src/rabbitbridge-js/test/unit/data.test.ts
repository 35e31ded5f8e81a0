import { describe, expect, it } from 'vitest';
import { datatypes, escape, JsonPrimitive, PropertyKeys, RabbitBridgeError, RecordV2, type DataType } from '../../src/index.js';
import { implicitType, readImplicit } from '../../src/data/datatypes.js';
import { propertyKeys } from '../../src/sessions/property-keys.js';
import { utf8 } from './fixtures.js';

const invalid = expect.objectContaining({ reason: { id: 106, name: 'INVALID_DATA' } }) as unknown;

function written(type: DataType, value: unknown): string {
    return new TextDecoder().decode(type.write(value));
}

function failure(action: () => unknown): unknown {
    try {
        action();
    } catch (error) {
        return error;
    }

    return undefined;
}

describe('what is on the wire', () => {
    it.each<[DataType, unknown, string, string]>([
        [datatypes.json(), { foo: ['bar', 1, null] }, 'application/json', '{"foo":["bar",1,null]}'],
        [datatypes.json(), datatypes.json().from(null), 'application/json', 'null'],
        [datatypes.string(), 'grüße', 'text/plain', 'grüße'],
        [datatypes.int64(), -(2n ** 63n), 'application/vnd.rabbitbridge.int64', '-9223372036854775808'],
        [datatypes.int64(), '+7', 'application/vnd.rabbitbridge.int64', '7'],
        [datatypes.double(), -0, 'application/vnd.rabbitbridge.double', '-0'],
        [datatypes.double(), 1e21, 'application/vnd.rabbitbridge.double', '1e+21'],
        [datatypes.double(), -Infinity, 'application/vnd.rabbitbridge.double', '-Infinity'],
        [datatypes.recordV2(), [['a', ''], []], 'application/vnd.rabbitbridge.record-v2', 'a\u0002\u0002\u0001\u0001'],
        [datatypes.recordV2(), [], 'application/vnd.rabbitbridge.record-v2', ''],
    ])('%s %s', (type, value, contentType, bytes) => {
        expect(type.contentType).toBe(contentType);
        expect(written(type, value)).toBe(bytes);
    });

    it.each<[DataType, string, unknown]>([
        [datatypes.int64(), '9223372036854775807', 2n ** 63n - 1n],
        [datatypes.double(), '1E+21', 1e21],
        [datatypes.double(), 'NaN', NaN],
        [datatypes.double(), '-0', -0],
        [datatypes.string(), '\ufeffx', 'x'],
        [datatypes.json(), '\ufeff{"a":1}', { a: 1 }],
        [datatypes.recordV2(), 'a\u0002\u0002\u0001\u0001', new RecordV2([['a', ''], []])],
        [datatypes.recordV2(), '', new RecordV2([])],
    ])('reads %s %j', (type, text, value) => expect(type.read(type.contentType, utf8(text))).toEqual(value));

    it.each<[DataType, string]>([
        [datatypes.json(), '{"a":'],
        [datatypes.int64(), '9223372036854775808'],
        [datatypes.int64(), '1.5'],
        [datatypes.int64(), ''],
        [datatypes.double(), '0x10'],
        [datatypes.double(), ''],
        [datatypes.recordV2(), 'a'],
        [datatypes.recordV2(), 'a\u0001'],
    ])('refuses to read %s %j', (type, text) => expect(failure(() => type.read(type.contentType, utf8(text)))).toEqual(invalid));

    it('refuses bytes that are not UTF-8', () =>
        expect(failure(() => datatypes.string().read('text/plain', Uint8Array.of(0xff)))).toEqual(invalid));

    it.each<[DataType, unknown]>([
        [datatypes.json(), null],
        [datatypes.json(), undefined],
        [datatypes.json(), () => 1],
        [datatypes.json(), { a: 1n }],
        [datatypes.string(), 1],
        [datatypes.int64(), 1.5],
        [datatypes.int64(), 2 ** 53],
        [datatypes.int64(), 2n ** 63n],
        [datatypes.double(), '1'],
        [datatypes.binary(), 'x'],
        [datatypes.recordV2(), [['\u0001']]],
        [datatypes.recordV2(), ['a']],
    ])('refuses to write %s %s', (type, value) => expect(failure(() => type.write(value))).toEqual(invalid));
});

describe('types by what values are', () => {
    it.each<[unknown, string]>([
        ['x', 'string'],
        [1, 'double'],
        [1n, 'int64'],
        [true, 'json'],
        [{}, 'json'],
        [[1], 'json'],
        [new JsonPrimitive(null), 'json'],
        [Uint8Array.of(1), 'binary'],
        [new ArrayBuffer(1), 'binary'],
        [new RecordV2([]), 'record_v2'],
    ])('%s is %s', (value, name) => expect(implicitType(value).name).toBe(name));

    it.each([null, undefined, () => 1, Symbol('x'), new Map(), new Float32Array(1)])('%s has none', value =>
        expect(failure(() => implicitType(value))).toEqual(invalid));
});

describe('compatibility', () => {
    const types = ['json', 'string', 'int64', 'double', 'binary', 'record_v2'];
    it.each([
        ['json', ['json', 'string', 'int64', 'double']],
        ['string', ['string']],
        ['int64', ['int64']],
        ['double', ['double']],
        ['binary', types],
        ['record_v2', ['record_v2']],
    ])('%s reads %s', (name, readable) =>
        expect(types.filter(other => datatypes.get(name).canRead(datatypes.get(other).contentType))).toEqual(readable));

    it('reads text and numbers as JSON', () => {
        expect(datatypes.json().read('text/plain', utf8('"x')).get()).toBe('"x');
        expect(datatypes.json().read('application/vnd.rabbitbridge.int64', utf8('5')).get()).toBe(5);
        expect(failure(() => datatypes.json().read('application/vnd.rabbitbridge.double', utf8('NaN')))).toEqual(invalid);
    });

    it('reads what it does not know as bytes', () => expect(readImplicit('application/msgpack', Uint8Array.of(1))).toEqual(Uint8Array.of(1)));

    it('finds types by name in any case', () => {
        expect(datatypes.get('JSON')).toBe(datatypes.json());
        expect(failure(() => datatypes.get('yaml'))).toBeInstanceOf(RabbitBridgeError);
    });
});

describe('JSON values', () => {
    it('are the plain values, with get()', () => {
        const value = datatypes.json<{ dwarfs: string[] }>().from({ dwarfs: ['sneezy'] });
        expect(value.dwarfs[0]).toBe('sneezy');
        expect(value.get().dwarfs).toEqual(['sneezy']);
        expect(Object.keys(value)).toEqual(['dwarfs']);
        expect(JSON.stringify(value)).toBe('{"dwarfs":["sneezy"]}');
        const list = datatypes.json<number[]>().from([1, 2]);
        expect([...list]).toEqual([1, 2]);
        expect(list.get()).toEqual([1, 2]);
    });

    it('have get() even if the data has', () => {
        const value = datatypes.json<{ get: number }>().from({ get: 5 });
        expect((value.get as () => unknown)()).toEqual({ get: 5 });
        expect(JSON.stringify((value.get as () => unknown)())).toBe('{"get":5}');
    });

    it.each([['text'], [5], [true], [null]])('stand for %s', plain => {
        const value = datatypes.json().from(plain) as JsonPrimitive;
        expect(value.get()).toBe(plain);
        expect(JSON.stringify(value)).toBe(JSON.stringify(plain));
        expect(`${value as unknown as string}`).toBe(String(plain));
        expect(datatypes.json().from(value).get()).toBe(plain);
    });

    it('that were not asked for are plain where they are primitive', () => {
        expect(readImplicit('application/json', utf8('true'))).toBe(true);
        expect((readImplicit('application/json', utf8('{"a":1}')) as { get(): unknown }).get()).toEqual({ a: 1 });
    });
});

describe('media types (S1)', () => {
    it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json ;x="y"'])('%s is JSON', contentType => {
        expect(datatypes.json().canRead(contentType)).toBe(true);
        expect((readImplicit(contentType, utf8('{"a":1}')) as { get(): unknown }).get()).toEqual({ a: 1 });
    });

    it.each(['text/plain;charset=UTF-8', 'TEXT/plain'])('%s is text', contentType => {
        expect(datatypes.string().canRead(contentType)).toBe(true);
        expect(readImplicit(contentType, utf8('x'))).toBe('x');
        expect(datatypes.json().read(contentType, utf8('x'))).toEqual(datatypes.json().from('x'));
    });

    it('others stay bytes', () => expect(readImplicit('application/jsonx', utf8('x'))).toBeInstanceOf(Uint8Array));
});

describe('small things', () => {
    it('escapes', () => expect(escape(`a"b'c\\d/`)).toBe(`a\\"b\\'c\\\\d/`));

    it('takes keys in every form', () => {
        expect(propertyKeys(undefined)).toEqual([]);
        expect(propertyKeys('$Principal')).toEqual(['$Principal']);
        expect(propertyKeys(PropertyKeys.ALL_FIXED_PROPERTIES)).toEqual(['*F']);
        expect(propertyKeys([PropertyKeys.ALL_FIXED_PROPERTIES, 'Department'])).toEqual(['*F', 'Department']);
        expect(failure(() => propertyKeys([5] as never))).toEqual(invalid);
    });
});

describe('half of a surrogate pair (S34)', () => {
    it.each<[DataType, unknown, string]>([
        [datatypes.string(), 'ab\ud800', 'index 2'],
        [datatypes.recordV2(), [['x'], ['y', '\udc00']], 'Field 1 of record 1'],
        [datatypes.json(), { a: [1, { b: '\ud800' }] }, '$.a[1].b'],
        [datatypes.json(), { '\ud800': 1 }, 'key at $'],
    ])('is refused as %s', (type, value, where) => {
        const error = failure(() => type.write(value)) as RabbitBridgeError;
        expect(error).toEqual(invalid);
        expect(error.message).toContain(where);
    });

    it('is not what only looks like it', () => {
        const value = ['\\ud800', '\ud83d\ude00', '\ufffd'];
        expect(datatypes.json<string[]>().from(value).get()).toEqual(value);
        expect(datatypes.string().from('\ufeffx')).toBe('\ufeffx');
    });

    it.each<[string, unknown]>([['a cycle', (() => { const a: Record<string, unknown> = {}; a['next'] = a; return a; })()], ['what throws', { toJSON(): never { throw new Error('x'); } }]])(
        'as little as %s', (_, value) => expect(failure(() => datatypes.json().write(value))).toEqual(invalid));
});
