import { accessRule } from '../../api/access.ts';
import type { HyperNodeRecord } from '../../api/records/hyper-node-record.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import { HYPER_NODES } from '../../api/resources.ts';
import { WATCHED_HYPER_NODES, watchedNodes } from '../../api/watched-kinds.ts';
import { isSame } from '../../lib/same.ts';
import type { Controller, Watch } from '../controller.ts';
import { above, holdersOf } from './nodes-of.ts';
import { reconcileHyperNode } from './reconcile.ts';

const NODES = watchedNodes();

/** What is above it counts its nodes, too. */
const HYPER_NODE_ITSELF: Watch<HyperNodeRecord> = {
  kind: WATCHED_HYPER_NODES,
  toKeys: (before, after, view) => {
    const name = (after ?? before)?.name ?? '';
    return above(name, [...view.values(WATCHED_HYPER_NODES)]);
  },
};

/** Nodes tell of themselves all the time; who holds them is asked only when one comes, goes or gets other labels. */
const ITS_NODES: Watch<NodeRecord> = {
  kind: NODES,
  toKeys: (before, after, view) => {
    if (before !== undefined && after !== undefined && isSame(before.labels, after.labels)) return [];
    const hyperNodes = [...view.values(WATCHED_HYPER_NODES)];
    return [before, after].flatMap((node) => (node === undefined ? [] : holdersOf(node, hyperNodes)));
  },
};

/** Keys are names of HyperNodes. */
export const HYPER_NODE: Controller = {
  name: 'hyper-node',
  workers: 2,
  watches: [HYPER_NODE_ITSELF, ITS_NODES],
  access: [accessRule(HYPER_NODES, ['patch'], { subresource: 'status' })],
  reconcile: (name, { view }) => {
    const hyperNode = view.get(WATCHED_HYPER_NODES, name);
    if (hyperNode === undefined) return [];
    const hyperNodes = [...view.values(WATCHED_HYPER_NODES)];
    return reconcileHyperNode({ hyperNode, hyperNodes, nodes: [...view.values(NODES)] });
  },
};
