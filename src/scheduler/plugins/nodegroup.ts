import { NODE_GROUP_LABEL } from '../../api/keys.ts';
import type { QueueAffinity, QueueRecord } from '../../api/records/queue-record.ts';
import type { Bitset } from '../../lib/bitset.ts';
import { switchArgument } from '../framework/plugin.ts';
import type { PlacementContext, Plugin } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { GroupRules } from './node-groups.ts';

/**
 * Queues use some groups of nodes and not others. Nodes of no group are for queues that name none, and only when the
 * plugin is told not to be strict.
 */
export const nodegroup: Plugin = {
  name: 'nodegroup',
  make: (snapshot, options) => {
    const isStrict = switchArgument(options, 'strict', true);
    const isOrdered = switchArgument(options, 'enablePreferredOrder', false);
    const contexts = new WeakMap<QueueRecord, PlacementContext>();
    return {
      // By queue.
      claimStampFn: () => 0,
      contextFn: ({ job }) => {
        const record = job?.queue?.record;
        if (record === undefined) return undefined;
        let context = contexts.get(record);
        if (context === undefined) {
          const { affinity } = record;
          context = affinity === undefined ? ofNoGroup(snapshot, isStrict) : ofGroups(snapshot, affinity, isOrdered);
          contexts.set(record, context);
        }
        return context;
      },
    };
  },
};

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
