import { describe, expect, it } from 'vitest';
import { branchPath, targetPath } from '../../src/paths.js';

describe('paths', () => {
    it.each([['a', 'a'], ['/a/b/', 'a/b'], ['a b/ü', 'a b/ü'], ['>x/y', '>x/y'], ['/', '/'], ['\u{1f430}', '\u{1f430}']])(
        '%s is %s', (path, canonical) => expect(branchPath(path)).toBe(canonical));

    it.each([[''], ['//'], ['a//b'], ['//a'], ['a//'], ['a\u0000'], ['a\u0085'], ['\ud800'], ['x\udc00'], [undefined], [null], [5]])('%j is none', path =>
        expect(() => branchPath(path as string)).toThrowError(expect.objectContaining({ reason: { id: 202, name: 'INVALID_PATH' } }) as Error));

    it('has no requests to the root', () => expect(() => targetPath('/')).toThrow(/root/));
});
