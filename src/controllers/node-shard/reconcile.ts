import { MANAGED_BY_LABEL, MANAGED_BY_SLUICE } from '../../api/keys.ts';
import type { NodeShardRecord } from '../../api/records/node-shard-record.ts';
import { apiVersion, NODE_SHARDS } from '../../api/resources.ts';
import type { ShardedScheduler } from '../../api/sharding.ts';
import { isSame } from '../../lib/same.ts';
import { eventOnce } from '../effect.ts';
import type { Effect, ObjectRef, WriteEffect } from '../effect.ts';
import { assignNodes } from './assignment.ts';
import type { ShardNode } from './assignment.ts';

/** All that decides which NodeShards there are. */
export interface ObservedShards {
  readonly schedulers: readonly ShardedScheduler[];
  readonly nodes: readonly ShardNode[];
  readonly shards: readonly NodeShardRecord[];
  /** Fingerprints of the events that an object was told already. */
  readonly told: (uid: string) => ReadonlySet<string>;
}

/** One NodeShard a scheduler, with its nodes; those that were made here for others go, and what people made stays. */
export function reconcileShards({ schedulers, nodes, shards, told }: ObservedShards): readonly Effect[] {
  const wanted = assignNodes(schedulers, nodes);
  const byName = new Map(shards.map((shard) => [shard.name, shard]));
  const writes = [...wanted].flatMap(([name, desired]) => write(name, desired, byName.get(name)));
  const stale = shards.filter(({ name, isOurs, deleting }) => isOurs && !deleting && !wanted.has(name));
  const small = schedulers.flatMap((scheduler) => {
    const shard = byName.get(scheduler.name);
    return shard === undefined ? [] : tellSmall(scheduler, wanted.get(scheduler.name)?.length ?? 0, shard, told);
  });
  return [...writes, ...stale.map((shard) => deletion(shard)), ...small];
}

function write(name: string, nodesDesired: readonly string[], shard: NodeShardRecord | undefined): WriteEffect[] {
  const spec = { nodesDesired: [...nodesDesired] };
  if (shard === undefined) {
    const metadata = { name, labels: { [MANAGED_BY_LABEL]: MANAGED_BY_SLUICE } };
    const body = { apiVersion: apiVersion(NODE_SHARDS), kind: NODE_SHARDS.kind, metadata, spec };
    return [{ kind: 'create', ...target(name, ''), body }];
  }
  const { uid, resourceVersion, deleting } = shard;
  if (deleting || isSame(shard.desired, nodesDesired)) return [];
  return [{ kind: 'patch', ...target(name, uid), precondition: { uid, resourceVersion }, body: { spec } }];
}

function deletion({ name, uid }: NodeShardRecord): WriteEffect {
  const precondition = { uid, resourceVersion: '' };
  return { kind: 'delete', ...target(name, uid), precondition, propagation: 'Background' };
}

function tellSmall(
  { name, policies }: ShardedScheduler,
  count: number,
  { uid }: NodeShardRecord,
  told: ObservedShards['told'],
): readonly Effect[] {
  const least = Math.max(0, ...policies.map((policy) => (policy.name === 'node-limit' ? policy.min : 0)));
  if (count >= least) return [];
  const note = `It has ${count} nodes and is to have at least ${least}: no others are let in by its policies and free of other shards`;
  const { regarding } = target(name, uid);
  return eventOnce({ regarding, type: 'Warning', reason: 'ShardTooSmall', action: 'Sharding', note }, told(uid));
}

function target(name: string, uid: string): ObjectRef & { readonly regarding: ObjectRef } {
  const ref = { type: NODE_SHARDS, namespace: '', name, uid };
  return { ...ref, regarding: ref };
}
