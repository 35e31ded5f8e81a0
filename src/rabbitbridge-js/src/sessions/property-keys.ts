import { invalidData, kindOf } from '../data/data-type.js';

/** Keys of session properties. Those of `PropertyKeys`, which are lists, may be among them as they are. */
export type Keys = string | readonly (string | readonly string[])[];

const fixed: readonly string[] = Object.freeze(['*F']);
const user: readonly string[] = Object.freeze(['*U']);

/** Keys that stand for many. */
export const PropertyKeys = Object.freeze({
    /** All fixed properties, whose keys begin with `$`. Others of them are not looked at then. */
    ALL_FIXED_PROPERTIES: fixed,
    /** All user properties. Others of them are not looked at then. */
    ALL_USER_PROPERTIES: user,
    /** All properties. */
    ALL_PROPERTIES: Object.freeze([...fixed, ...user]) as readonly string[],
});

/** @internal */
export function propertyKeys(keys: Keys | null | undefined): readonly string[] {
    const all: unknown = typeof keys === 'string' ? [keys] : keys ?? [];
    const flat: readonly unknown[] = Array.isArray(all) ? all.flat() : [all];
    const wrong = flat.find(key => typeof key !== 'string');
    if (wrong !== undefined || flat.includes(undefined))
        throw invalidData(`Keys of session properties are text, not ${kindOf(wrong)}.`);
    return flat as readonly string[];
}
