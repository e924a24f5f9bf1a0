import { expect } from 'chai';
import type { JsonObject } from '../../src/lib/json.ts';
import { ObjectPatch } from '../../webhooks/object-patch.ts';

const CASES: readonly (readonly [string, JsonObject, (patch: ObjectPatch) => void, readonly unknown[]])[] = [
  [
    'adds a missing leaf alone',
    { a: { x: '1' } },
    (p) => p.set(['a', 'k/e~y'], 'v'),
    [{ op: 'add', path: '/a/k~1e~0y', value: 'v' }],
  ],
  [
    'replaces a leaf that differs',
    { a: { k: 'w' } },
    (p) => p.set(['a', 'k'], 'v'),
    [{ op: 'replace', path: '/a/k', value: 'v' }],
  ],
  ['leaves an equal leaf alone', { a: { k: 'v' } }, (p) => p.set(['a', 'k'], 'v'), []],
  [
    'adds a missing map once, with all its leaves',
    {},
    (p) => {
      p.set(['m', 'labels', 'a'], '1');
      p.set(['m', 'labels', 'b'], '2');
      p.set(['m', 'name'], 'n');
    },
    [{ op: 'add', path: '/m', value: { labels: { a: '1', b: '2' }, name: 'n' } }],
  ],
  [
    'takes null for a missing map',
    { m: null },
    (p) => p.set(['m', 'a'], '1'),
    [{ op: 'add', path: '/m', value: { a: '1' } }],
  ],
  [
    'stays off what is no map',
    { m: ['x'], n: 'text' },
    (p) => {
      p.set(['m', 'a'], '1');
      p.set(['n', 'a', 'b'], '1');
    },
    [],
  ],
  [
    'does not take an inherited member for one',
    { m: {} },
    (p) => p.set(['m', 'constructor'], '1'),
    [{ op: 'add', path: '/m/constructor', value: '1' }],
  ],
  [
    'appends to a list that is there',
    { a: [{ l: ['x'] }] },
    (p) => p.append(['a', 0, 'l'], 'y', 'z'),
    [
      { op: 'add', path: '/a/0/l/-', value: 'y' },
      { op: 'add', path: '/a/0/l/-', value: 'z' },
    ],
  ],
  [
    'adds a list once where none is, with what comes later',
    { a: [{}] },
    (p) => {
      p.append(['a', 0, 'm', 'l'], 'y');
      p.append(['a', 0, 'm', 'l'], 'z');
    },
    [{ op: 'add', path: '/a/0/m', value: { l: ['y', 'z'] } }],
  ],
  ['replaces null by a list', { l: null }, (p) => p.append(['l'], 1), [{ op: 'replace', path: '/l', value: [1] }]],
  [
    'stays off what is no list, and off entries that are not there',
    { l: {}, a: [] },
    (p) => {
      p.append(['l'], 1);
      p.append(['a', 0, 'l'], 1);
      p.set(['a', 0, 'k'], 'v');
    },
    [],
  ],
  ['removes what is there', { m: { a: null } }, (p) => p.remove(['m', 'a']), [{ op: 'remove', path: '/m/a' }]],
  ['removes nothing where nothing is', { m: {} }, (p) => p.remove(['m', 'a', 'b']), []],
];

describe('ObjectPatch', () => {
  for (const [name, object, use, want] of CASES) {
    it(name, () => {
      const patch = new ObjectPatch(object);
      use(patch);
      expect(patch.operations).to.deep.equal(want);
    });
  }
});
