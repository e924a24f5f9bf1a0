import { accessRule } from '../../api/access.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { NodeShardRecord } from '../../api/records/node-shard-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { NODE_SHARDS } from '../../api/resources.ts';
import { WATCHED_NODE_SHARDS, watchedNodes, watchedPods } from '../../api/watched-kinds.ts';
import { isSame } from '../../lib/same.ts';
import { complain } from '../complaint.ts';
import type { Controller, KindIndex, KindView, Watch } from '../controller.ts';
import { requeueAfter } from '../effect.ts';
import type { ShardNode } from './assignment.ts';
import { reconcileShards } from './reconcile.ts';

const NODES = watchedNodes();

/** All shards are one key, since a node is in one of them: what nodes and people do, and what time brings. */
const BY_NODES = 'nodes';
const BY_TIME = 'time';
/** Pods come and go all the time: what they ask for is summed up this often, in milliseconds. */
const PODS_EVERY_MS = 5000;

const PODS_ON_NODE: KindIndex<PodRecord> = {
  kind: watchedPods(),
  valueOf: ({ nodeName, phase }) =>
    nodeName === '' || phase === 'Succeeded' || phase === 'Failed' ? undefined : nodeName,
};

const ITS_NODES: Watch<NodeRecord> = {
  kind: NODES,
  toKeys: (before, after) => {
    const isSameNode =
      before !== undefined &&
      after !== undefined &&
      isSame(before.labels, after.labels) &&
      isSame(before.allocatable, after.allocatable);
    return isSameNode ? [] : [BY_NODES];
  },
};

const SHARDS: Watch<NodeShardRecord> = { kind: WATCHED_NODE_SHARDS, toKeys: () => [BY_TIME] };

/** Nothing is woken by pods; they are counted when the time comes. */
const PODS: Watch<PodRecord> = { kind: PODS_ON_NODE.kind, toKeys: () => [] };

/** Makes and keeps NodeShards as the sharding configuration says; does nothing without one. */
export const NODE_SHARD: Controller = {
  name: 'node-shard',
  workers: 1,
  watches: [SHARDS, ITS_NODES, PODS],
  settingKeys: [BY_TIME],
  access: [accessRule(NODE_SHARDS, ['create', 'patch', 'delete'])],
  reconcile: (key, { view, told, settings }) => {
    const { value } = settings.sharding;
    const complaints = key === BY_TIME ? complain(settings.sharding, told) : [];
    if (value === undefined || (key === BY_NODES && !value.isEventful)) return complaints;
    const { schedulers, syncMs, isEventful } = value;
    const shards = [...view.values(WATCHED_NODE_SHARDS)];
    const again = key === BY_TIME ? [requeueAfter(isEventful ? Math.min(syncMs, PODS_EVERY_MS) : syncMs)] : [];
    return [...complaints, ...reconcileShards({ schedulers, nodes: shardNodes(view), shards, told }), ...again];
  },
};

function shardNodes(view: KindView): readonly ShardNode[] {
  return [...view.values(NODES)].map(({ name, labels, allocatable }) => {
    const has = allocatable.get('cpu') ?? 0;
    let asked = 0;
    for (const { shape } of view.by(PODS_ON_NODE, name)) asked += shape.requests.get('cpu') ?? 0;
    return { name, labels, cpuShare: has === 0 ? 0 : Math.min(1, asked / has) };
  });
}
