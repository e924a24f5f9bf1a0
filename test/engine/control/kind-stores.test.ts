import { expect } from 'chai';
import { EVENTS, POD_GROUPS } from '../../../src/api/resources.ts';
import { WATCHED_POD_GROUPS } from '../../../src/api/watched-kinds.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { WriteEffect } from '../../../src/controllers/effect.ts';
import { KindStores } from '../../../src/engine/control/kind-stores.ts';
import { makePodGroup } from '../../support/records.ts';

const TARGET = {
  type: POD_GROUPS,
  namespace: 'ns',
  name: 'g',
  regarding: { type: POD_GROUPS, namespace: 'ns', name: 'g', uid: 'u' },
};
const PRECONDITION = { uid: 'u', resourceVersion: '7' };
const create: WriteEffect = { kind: 'create', ...TARGET, body: {} };
const patch: WriteEffect = { kind: 'patch', ...TARGET, precondition: PRECONDITION, body: {} };
const apply: WriteEffect = { kind: 'apply', ...TARGET, precondition: undefined, body: {} };
const remove: WriteEffect = { kind: 'delete', ...TARGET, precondition: PRECONDITION, propagation: 'Foreground' };
const old = makePodGroup('g', 1, { uid: 'u', resourceVersion: '7' });

describe('KindStores', () => {
  const rows = {
    'a create once the object is there': { write: create, before: undefined, after: old },
    'a patch once the version is another': { write: patch, before: old, after: { ...old, resourceVersion: '8' } },
    'a patch once the object is gone': { write: patch, before: old, after: undefined },
    'an apply that makes its object once that is there': { write: apply, before: undefined, after: old },
    'a delete once the object is gone': { write: remove, before: old, after: undefined },
    'a delete once the object is on its way out': { write: remove, before: old, after: { ...old, deleting: true } },
    'a delete once a namesake is there': { write: remove, before: old, after: { ...old, uid: 'other' } },
  };
  for (const [name, { write, before, after }] of Object.entries(rows)) {
    it(`shows ${name}, and not before`, () => {
      const stores = new KindStores();
      stores.listen(WATCHED_POD_GROUPS, () => undefined);
      const list = (record: typeof before): void =>
        stores.apply(POD_GROUPS, [{ kind: 'replace', records: record === undefined ? [] : [record] }]);
      list(before);
      expect(stores.shows(write)).to.equal(false);
      list(after);
      expect(stores.shows(write)).to.equal(true);
    });
  }

  it('has nobody wait for a kind that is not watched', () => {
    expect(new KindStores().shows({ ...create, type: EVENTS })).to.equal(true);
  });

  it('knows no kind that nobody listens to', () => {
    expect(() => new KindStores().get(WATCHED_POD_GROUPS, 'ns/g')).to.throw('nobody watches them');
  });

  it('finds records by what they say, from the first question on', () => {
    const stores = new KindStores();
    stores.listen(WATCHED_POD_GROUPS, () => undefined);
    const byQueue = { kind: WATCHED_POD_GROUPS, valueOf: ({ queue }: PodGroupRecord) => queue || undefined };
    const found = (queue: string): readonly string[] => [...stores.by(byQueue, queue)].map(({ name }) => name);
    const [a, b] = ['a', 'b'].map((name) => makePodGroup(name, 1, { queue: 'red' })) as [
      PodGroupRecord,
      PodGroupRecord,
    ];
    stores.apply(POD_GROUPS, [{ kind: 'replace', records: [a] }]);
    expect(found('red')).to.deep.equal(['a']);
    stores.apply(POD_GROUPS, [
      { kind: 'upsert', record: b },
      { kind: 'upsert', record: { ...a, queue: 'blue' } },
    ]);
    expect([found('red'), found('blue')]).to.deep.equal([['b'], ['a']]);
    stores.apply(POD_GROUPS, [
      { kind: 'delete', record: b },
      { kind: 'upsert', record: { ...a, queue: '' } },
    ]);
    expect([found('red'), found('blue'), found('')]).to.deep.equal([[], [], []]);
  });
});
