import { NODE_GROUP_LABEL, ROOT_QUEUE } from '../../api/keys.ts';
import type { QueueAffinity } from '../../api/records/queue-record.ts';
import type { Bitset } from '../../lib/bitset.ts';
import { switchArgument } from '../framework/plugin.ts';
import type { PlacementContext, Plugin } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Queue } from '../model/queue.ts';
import { GroupRules } from './node-groups.ts';

/**
 * Queues use some groups of nodes and not others. Nodes of no group are for queues that name none, and only when the
 * plugin is told not to be strict. With a hierarchy a queue that says nothing does as the nearest queue above it that says something.
 */
export const nodegroup: Plugin = {
  name: 'nodegroup',
  make: (snapshot, options, { isHierarchical = false }) => {
    const isStrict = switchArgument(options, 'strict', true);
    const isOrdered = switchArgument(options, 'enablePreferredOrder', false);
    const noGroup = ofNoGroup(snapshot, isStrict);
    const contexts = new WeakMap<QueueAffinity, PlacementContext>();
    return {
      // By queue.
      claimStampFn: () => 0,
      contextFn: ({ job }) => {
        const queue = job?.queue;
        if (queue === undefined) return undefined;
        const affinity = isHierarchical ? inherited(queue, snapshot) : queue.record.affinity;
        if (affinity === undefined) return noGroup;
        let context = contexts.get(affinity);
        if (context === undefined) contexts.set(affinity, (context = ofGroups(snapshot, affinity, isOrdered)));
        return context;
      },
    };
  },
};

/** What the queue says itself, or the nearest of those above it; the root is above all. */
function inherited(queue: Queue, { queues }: Snapshot): QueueAffinity | undefined {
  for (let at: Queue | undefined = queue; at !== undefined; at = at.parent) {
    if (at.record.affinity !== undefined) return at.record.affinity;
  }
  return queues.get(ROOT_QUEUE)?.record.affinity;
}

/** Of all queues that name no group. */
function ofNoGroup({ nodes, index }: Snapshot, isStrict: boolean): PlacementContext {
  return {
    key: 'no node groups',
    hooks: {
      feasible: (_, out) => {
        if (isStrict) out.clear();
        else out.subtract(index.withAnyLabel(NODE_GROUP_LABEL));
      },
      explain: (_, reasons) => {
        const grouped = index.withAnyLabel(NODE_GROUP_LABEL).size();
        tell(reasons, "node(s) were of a node group, and the pod's queue names none", grouped);
        if (isStrict)
          tell(reasons, "node(s) were of no node group, and the pod's queue names none", nodes.count - grouped);
      },
    },
  };
}

/** Of all queues that name these groups, so that their tasks share pickers. */
function ofGroups({ nodes, index }: Snapshot, affinity: QueueAffinity, isOrdered: boolean): PlacementContext {
  const rules = new GroupRules(affinity, isOrdered);
  const open = (): Bitset => {
    const set = index.none();
    for (const group of index.valuesOf(NODE_GROUP_LABEL)) {
      if (rules.allows(group)) set.union(index.withLabel(NODE_GROUP_LABEL, group));
    }
    return set;
  };
  return {
    key: `node groups ${JSON.stringify(affinity)}`,
    hooks: {
      feasible: (_, out) => out.intersect(open()),
      score: (_, out) => {
        for (const group of rules.scored) {
          const score = rules.score(group);
          const set = index.withLabel(NODE_GROUP_LABEL, group);
          for (let n = 0; n < out.length; n += 1) if (set.has(n)) out[n] = (out[n] ?? 0) + score;
        }
      },
      explain: (_, reasons) => {
        const grouped = index.withAnyLabel(NODE_GROUP_LABEL).size();
        tell(reasons, "node(s) were of a node group that the pod's queue may not use", grouped - open().size());
        tell(reasons, 'node(s) were of no node group', nodes.count - grouped);
      },
    },
  };
}

function tell(reasons: Map<string, number>, reason: string, nodes: number): void {
  if (nodes > 0) reasons.set(reason, (reasons.get(reason) ?? 0) + nodes);
}
