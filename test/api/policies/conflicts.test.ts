import { expect } from 'chai';
import { conflictsWith } from '../../../src/api/policies/conflicts.ts';
import { mayOverlap } from '../../../src/api/policies/overlap.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { policy } from '../../support/policies.ts';

const SET = { priorityClass: { name: 'high' } };

describe('two policies are for the same objects', () => {
  const jobs = { group: 'batch', resource: 'jobs' };
  const labelled = (...expressions: JsonObject[]): JsonObject => ({ selector: { matchExpressions: expressions } });
  const has = { key: 'a', operator: 'Exists' };
  const lacks = { key: 'a', operator: 'DoesNotExist' };
  const is = (...values: string[]): JsonObject => ({ key: 'a', operator: 'In', values });
  const isNot = (...values: string[]): JsonObject => ({ key: 'a', operator: 'NotIn', values });
  const rows: readonly (readonly [name: string, a: JsonObject, b: JsonObject, want: boolean])[] = [
    ['both for all', {}, {}, true],
    ['other namespaces', { namespaces: { names: ['a'] } }, { namespaces: { names: ['b'] } }, false],
    ['a namespace in common', { namespaces: { names: ['a', 'b'] } }, { namespaces: { names: ['b'] } }, true],
    ['other kinds', { objects: [jobs] }, { objects: [{ resource: 'pods' }] }, false],
    ['a kind of all of its group', { objects: [jobs] }, { objects: [{ group: 'batch', resource: '*' }] }, true],
    ['other users', { users: ['a'] }, { users: ['b'] }, false],
    ['other users, who may be in a group', { users: ['a'], groups: ['g'] }, { users: ['b'] }, true],
    ['with and without a label', labelled(has), labelled(lacks), false],
    ['a value and none', labelled(is('x')), labelled(lacks), false],
    ['other values', labelled(is('x')), labelled(is('y')), false],
    ['a value in common', labelled(is('x', 'y')), labelled(is('y')), true],
    ['a value that the other one rules out', labelled(is('x')), labelled(isNot('x', 'y')), false],
    ['a value that the other one does not rule out', labelled(is('x', 'z')), labelled(isNot('x', 'y')), true],
    ['two that rule out', labelled(isNot('x')), labelled(lacks), true],
  ];
  for (const [name, a, b, want] of rows) {
    it(`${name}: ${want ? 'perhaps' : 'never'}, whichever comes first`, () => {
      const [first, second] = [policy('a', { match: a, set: SET }), policy('b', { match: b, set: SET })];
      expect([mayOverlap(first, second), mayOverlap(second, first)]).to.deep.equal([want, want]);
    });
  }

  it('never where one leaves out what the other one names', () => {
    const all = (exclude: JsonObject): JsonObject => ({ exclude, set: SET });
    const only = (match: JsonObject): JsonObject => ({ match, set: SET });
    for (const part of [{ namespaces: { names: ['a'] } }, { users: ['a'] }, { objects: [jobs] }]) {
      expect(mayOverlap(policy('a', all(part)), policy('b', only(part)))).to.equal(false);
    }
    const team = policy('team-a/b', { set: SET });
    expect(mayOverlap(policy('a', all({ namespaces: { names: ['team-a'] } })), team)).to.equal(false);
    expect(mayOverlap(team, policy('team-b/b', { set: SET }))).to.equal(false);
  });
});

describe('a policy yields to one that comes before it', () => {
  const told = (later: JsonObject, first: JsonObject): readonly string[] =>
    conflictsWith(policy('later', later), [policy('first', first)]).map(({ message }) => message);

  it('where both write other values to one field', () => {
    const later = { set: { queue: { name: 'b' }, labels: { values: { x: '1', y: '2' } } } };
    const first = { set: { queue: { name: 'a' }, labels: { values: { x: '1', y: '3' } } } };
    expect(told(later, first)).to.deep.equal([
      'spec.set.queue.name: policy first comes first and sets a',
      'spec.set.labels.values[y]: policy first comes first and sets 3',
    ]);
  });

  it('not where one of them is for others, or only tries', () => {
    const later = { match: { users: ['a'] }, set: { queue: { name: 'b' } } };
    expect(told(later, { match: { users: ['b'] }, set: { queue: { name: 'a' } } })).to.deep.equal([]);
    expect(told(later, { enforcement: 'DryRun', set: { queue: { name: 'a' } } })).to.deep.equal([]);
  });

  it('where it writes a label that the other one selects by', () => {
    const first = { exclude: { selector: { matchLabels: { x: '1' } } }, set: SET };
    expect(told({ set: { labels: { values: { x: '1' } } } }, first)[0]).to.match(
      /labels\.values\[x\].*is not written$/,
    );
  });

  it('altogether where it selects by a label that the other one writes', () => {
    const later = { match: { selector: { matchLabels: { x: '1' } } }, set: SET };
    expect(told(later, { set: { labels: { values: { x: '1' } } } })[0]).to.match(/match\.selector.*does nothing$/);
  });
});
