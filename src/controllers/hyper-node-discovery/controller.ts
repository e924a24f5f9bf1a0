import { accessRule } from '../../api/access.ts';
import type { HyperNodeRecord } from '../../api/records/hyper-node-record.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import { HYPER_NODES } from '../../api/resources.ts';
import { WATCHED_HYPER_NODES, watchedNodes } from '../../api/watched-kinds.ts';
import { isSame } from '../../lib/same.ts';
import { complain } from '../complaint.ts';
import type { Controller, Watch } from '../controller.ts';
import { isFound } from './network-part.ts';
import { reconcileNetwork } from './reconcile.ts';

const NODES = watchedNodes();

/** The network is one key, since each part stands in others. */
const NETWORK = 'network';

const ITS_NODES: Watch<NodeRecord> = {
  kind: NODES,
  toKeys: (before, after) => (isSame(before?.labels, after?.labels) ? [] : [NETWORK]),
};

/** Those of people matter, too: they may have had a name that is free now. */
const ITS_PARTS: Watch<HyperNodeRecord> = {
  kind: WATCHED_HYPER_NODES,
  toKeys: (before, after) => {
    const isOther = before !== undefined && after !== undefined && !isFound(before) && !isFound(after);
    return isOther ? [] : [NETWORK];
  },
};

/** Makes and keeps HyperNodes as the configuration of controllers says; does nothing without one. */
export const HYPER_NODE_DISCOVERY: Controller = {
  name: 'hyper-node-discovery',
  workers: 1,
  watches: [ITS_PARTS, ITS_NODES],
  settingKeys: [NETWORK],
  access: [accessRule(HYPER_NODES, ['create', 'patch', 'delete'])],
  reconcile: (_, { view, told, settings: { discovery } }) => {
    const complaints = complain(discovery, told);
    if (discovery.value === undefined) return complaints;
    const { topologies } = discovery.value;
    const hyperNodes = [...view.values(WATCHED_HYPER_NODES)];
    return [...complaints, ...reconcileNetwork({ topologies, nodes: [...view.values(NODES)], hyperNodes })];
  },
};
