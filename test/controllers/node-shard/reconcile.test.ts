import { expect } from 'chai';
import type { NodeShardRecord } from '../../../src/api/records/node-shard-record.ts';
import { projectNodeShard } from '../../../src/api/projections/node-shard.ts';
import type { ShardedScheduler } from '../../../src/api/sharding.ts';
import type { ShardNode } from '../../../src/controllers/node-shard/assignment.ts';
import { reconcileShards } from '../../../src/controllers/node-shard/reconcile.ts';
import { eventFingerprint } from '../../../src/controllers/effect.ts';
import type { Effect } from '../../../src/controllers/effect.ts';
import { withoutAmbient } from '../../support/pure.ts';

const SCHEDULERS: readonly ShardedScheduler[] = [
  { name: 'a', policies: [{ name: 'node-limit', min: 0, max: 2 }] },
  { name: 'b', policies: [{ name: 'node-limit', min: 2, max: 9 }] },
];
const NODES: readonly ShardNode[] = ['n1', 'n2', 'n3'].map((name) => ({ name, labels: new Map(), cpuShare: 0 }));

function shard(name: string, nodesDesired: readonly string[], by = 'sluice', extra: object = {}): NodeShardRecord {
  const labels = { 'app.kubernetes.io/managed-by': by };
  const metadata = { name, uid: `uid-${name}`, resourceVersion: '7', labels, ...extra };
  const record = projectNodeShard({ metadata, spec: { nodesDesired } });
  if (record === undefined) throw new Error(name);
  return record;
}

function inWords(effect: Effect): string {
  if (effect.kind === 'event') return `${effect.reason} ${effect.regarding.name}: ${effect.note.slice(0, 14)}`;
  if (effect.kind === 'delete') return `delete ${effect.name} ${effect.precondition.uid}`;
  if (effect.kind !== 'create' && effect.kind !== 'patch') return effect.kind;
  const { spec } = effect.body as { spec: { nodesDesired: string[] } };
  const version = effect.kind === 'patch' ? ` at ${effect.precondition.resourceVersion}` : '';
  return `${effect.kind} ${effect.name} ${spec.nodesDesired.join(',')}${version}`;
}

function reconciled(shards: readonly NodeShardRecord[], told: readonly string[] = []): readonly string[] {
  const observed = { schedulers: SCHEDULERS, nodes: NODES, shards, told: () => new Set(told) };
  return withoutAmbient(() => reconcileShards(observed)).map(inWords);
}

describe('NodeShards', () => {
  const small = 'ShardTooSmall b: It has 1 nodes';
  const rows: Readonly<Record<string, readonly [readonly NodeShardRecord[], readonly string[]]>> = {
    'are made for each scheduler': [[], ['create a n1,n2', 'create b n3']],
    'are brought up to date, whoever made them': [
      [shard('a', ['n1']), shard('b', [], 'hand')],
      ['patch a n1,n2 at 7', 'patch b n3 at 7', small],
    ],
    'are left alone once they are right': [[shard('a', ['n1', 'n2']), shard('b', ['n3'])], [small]],
    'go when nobody has them any more, unless they were made by hand': [
      [shard('a', ['n1', 'n2']), shard('b', ['n3']), shard('old', []), shard('hand', [], 'me')],
      ['delete old uid-old', small],
    ],
    'that go already are waited for': [
      [
        shard('a', [], 'sluice', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
        shard('b', ['n3']),
        shard('old', [], 'sluice', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      ],
      [small],
    ],
  };
  for (const [name, [shards, want]] of Object.entries(rows)) {
    it(name, () => expect(reconciled(shards)).to.deep.equal(want));
  }

  it('that are too small are told of once', () => {
    const shards = [shard('a', ['n1', 'n2']), shard('b', ['n3'])];
    const [event] = reconcileShards({ schedulers: SCHEDULERS, nodes: NODES, shards, told: () => new Set() });
    if (event?.kind !== 'event') throw new Error('no event');
    expect(reconciled(shards, [eventFingerprint(event)])).to.deep.equal([]);
  });
});
