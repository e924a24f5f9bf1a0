import { expect } from 'chai';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { applyPatch as applyRfc6902 } from 'rfc6902';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import type { PatchOperation } from '../../src/lib/json-patch.ts';
import type { JsonValue } from '../../src/lib/json.ts';

interface Row {
  readonly document: JsonValue;
  readonly patch: readonly PatchOperation[];
  /** Undefined when the patch does not apply. */
  readonly want: JsonValue | undefined;
}

const ROWS: Readonly<Record<string, Row>> = {
  'adds a member': { document: { a: 1 }, patch: [{ op: 'add', path: '/b', value: 2 }], want: { a: 1, b: 2 } },
  'adds over an existing member': { document: { a: 1 }, patch: [{ op: 'add', path: '/a', value: 2 }], want: { a: 2 } },
  'inserts into an array': { document: [1, 3], patch: [{ op: 'add', path: '/1', value: 2 }], want: [1, 2, 3] },
  'appends with a dash': { document: { l: [1] }, patch: [{ op: 'add', path: '/l/-', value: 2 }], want: { l: [1, 2] } },
  'appends at the length': { document: [1], patch: [{ op: 'add', path: '/1', value: 2 }], want: [1, 2] },
  'does not append beyond the length': { document: [1], patch: [{ op: 'add', path: '/2', value: 2 }], want: undefined },
  'does not add into a missing parent': {
    document: {},
    patch: [{ op: 'add', path: '/a/b', value: 1 }],
    want: undefined,
  },
  'does not add into a null parent': {
    document: { a: null },
    patch: [{ op: 'add', path: '/a/b', value: 1 }],
    want: undefined,
  },
  'does not take a dash in an object for a place in a list': {
    document: { a: {} },
    patch: [{ op: 'add', path: '/a/-', value: 1 }],
    want: { a: { '-': 1 } },
  },
  'replaces inside an array of objects': {
    document: { c: [{ n: 'x', i: 1 }, { n: 'y' }] },
    patch: [{ op: 'replace', path: '/c/0/n', value: 'z' }],
    want: { c: [{ n: 'z', i: 1 }, { n: 'y' }] },
  },
  'does not replace what is missing': {
    document: {},
    patch: [{ op: 'replace', path: '/a', value: 1 }],
    want: undefined,
  },
  'does not replace what is inherited': {
    document: {},
    patch: [{ op: 'replace', path: '/constructor', value: 1 }],
    want: undefined,
  },
  'removes a member': { document: { a: 1, b: 2 }, patch: [{ op: 'remove', path: '/a' }], want: { b: 2 } },
  'removes an element': { document: [1, 2, 3], patch: [{ op: 'remove', path: '/1' }], want: [1, 3] },
  'does not remove what is missing': { document: [1], patch: [{ op: 'remove', path: '/1' }], want: undefined },
  'reads escapes in their order': {
    document: { 'a/b': 1, '~1': 2 },
    patch: [
      { op: 'replace', path: '/a~1b', value: 3 },
      { op: 'replace', path: '/~01', value: 4 },
    ],
    want: { 'a/b': 3, '~1': 4 },
  },
  'replaces the whole document': { document: { a: 1 }, patch: [{ op: 'replace', path: '', value: [] }], want: [] },
  'sees what the operation before it did': {
    document: {},
    patch: [
      { op: 'add', path: '/a', value: {} },
      { op: 'add', path: '/a/b', value: 1 },
    ],
    want: { a: { b: 1 } },
  },
  'takes no index with a leading zero or a sign': {
    document: [1, 2],
    patch: [{ op: 'replace', path: '/01', value: 3 }],
    want: undefined,
  },
  'takes no path without a leading slash': {
    document: { a: 1 },
    patch: [{ op: 'remove', path: 'a' }],
    want: undefined,
  },
};

describe('patch applier', () => {
  for (const [name, tc] of Object.entries(ROWS)) {
    it(name, () => {
      const before = JSON.stringify(tc.document);
      expect(applyPatch(tc.document, tc.patch)).to.deep.equal(tc.want);
      expect(JSON.stringify(tc.document)).to.equal(before);
    });
  }

  it('treats __proto__ as a name like any other', () => {
    const document = applyPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(Object.hasOwn(document as object, '__proto__')).to.equal(true);
    expect(Object.getPrototypeOf(document)).to.equal(Object.prototype);
    expect((document as { polluted?: boolean }).polluted).to.equal(undefined);
  });

  it('agrees with two independent implementations', () => {
    const key = fc.constantFrom('a', 'b', 'c/d', 'e~f');
    const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<JsonValue>(1, 'x', false),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    const segment = fc.oneof(
      fc.constantFrom('a', 'b', 'c~1d', 'e~0f'),
      fc.nat({ max: 2 }).map(String),
      fc.constant('-'),
    );
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
    const operation = fc.record({ op: fc.constantFrom('add', 'replace', 'remove'), path, value: tree });
    fc.assert(
      fc.property(tree, operation, (document, drawn) => {
        const { op, value } = drawn;
        const patch = (op === 'remove' ? { op, path: drawn.path } : { op, path: drawn.path, value }) as PatchOperation;
        const ours = applyPatch(document, [patch]);
        if (ours === undefined) return;
        expect(byFastJsonPatch(document, patch)).to.deep.equal(ours);
        expect(byRfc6902(document, patch)).to.deep.equal(ours);
      }),
      { numRuns: 2000 },
    );
  });

  it('applies whatever both independent implementations apply to objects', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const tree = fc.dictionary(key, fc.dictionary(key, fc.nat(), { noNullPrototype: true }), { noNullPrototype: true });
    const path = fc.tuple(key, key).map(([first, second]) => `/${first}/${second}`);
    fc.assert(
      fc.property(tree, fc.constantFrom('add', 'replace', 'remove'), path, (document, op, at) => {
        const patch = (op === 'remove' ? { op, path: at } : { op, path: at, value: 7 }) as PatchOperation;
        const isApplied = byRfc6902(document, patch) !== undefined;
        expect(applyPatch(document, [patch]) !== undefined).to.equal(isApplied);
      }),
    );
  });
});

function byFastJsonPatch(document: JsonValue, patch: PatchOperation): unknown {
  const copy: unknown = structuredClone(document);
  return fastJsonPatch.applyPatch(copy, [structuredClone(patch) as fastJsonPatch.Operation], true).newDocument;
}

function byRfc6902(document: JsonValue, patch: PatchOperation): unknown {
  const copy: unknown = structuredClone(document);
  const [error] = applyRfc6902(copy, [structuredClone(patch) as Parameters<typeof applyRfc6902>[1][number]]);
  return error === null ? copy : undefined;
}
