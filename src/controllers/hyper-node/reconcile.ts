import type { HyperNodeRecord } from '../../api/records/hyper-node-record.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import { HYPER_NODES } from '../../api/resources.ts';
import type { Effect } from '../effect.ts';
import { nodesOf } from './nodes-of.ts';

/** All that decides what the status of one HyperNode says. */
export interface ObservedHyperNode {
  readonly hyperNode: HyperNodeRecord;
  readonly hyperNodes: readonly HyperNodeRecord[];
  readonly nodes: readonly NodeRecord[];
}

/** Keeps the number of its nodes in the status of a HyperNode. */
export function reconcileHyperNode({ hyperNode, hyperNodes, nodes }: ObservedHyperNode): readonly Effect[] {
  const { name, uid, resourceVersion, deleting } = hyperNode;
  if (deleting) return [];
  const nodeCount = nodesOf(hyperNode, hyperNodes, nodes).size;
  if (nodeCount === hyperNode.nodeCount) return [];
  return [
    {
      kind: 'patchStatus',
      type: HYPER_NODES,
      namespace: '',
      name,
      regarding: { type: HYPER_NODES, namespace: '', name, uid },
      precondition: { uid, resourceVersion },
      body: { status: { nodeCount } },
    },
  ];
}
