import type { PluginSet } from '../framework/plugin.ts';
import { binpack } from './binpack.ts';
import { capacity } from './capacity.ts';
import { cdp } from './cdp.ts';
import { conformance } from './conformance.ts';
import { dataLocality } from './data-locality.ts';
import { deviceshare } from './deviceshare.ts';
import { drf } from './drf.ts';
import { extender } from './extender.ts';
import { fragmentation } from './fragmentation.ts';
import { gang } from './gang.ts';
import { networkTopologyAware } from './network-topology-aware.ts';
import { nodegroup } from './nodegroup.ts';
import { nodeorder } from './nodeorder.ts';
import { numaAware } from './numa-aware.ts';
import { overcommit } from './overcommit.ts';
import { pdb } from './pdb.ts';
import { predicates } from './predicates.ts';
import { priority } from './priority.ts';
import { proportion } from './proportion.ts';
import { rescheduling } from './rescheduling.ts';
import { resourceStrategyFit } from './resource-strategy-fit.ts';
import { resourcequota } from './resourcequota.ts';
import { sla } from './sla.ts';
import { taskTopology } from './task-topology.ts';
import { tdm } from './tdm.ts';
import { usage } from './usage.ts';
import { usageShare } from './usage-share.ts';

/** Every plugin that a configuration may name. */
export const PLUGINS: PluginSet = {
  binpack,
  capacity,
  cdp,
  conformance,
  'data-locality': dataLocality,
  deviceshare,
  drf,
  extender,
  fragmentation,
  gang,
  'network-topology-aware': networkTopologyAware,
  nodegroup,
  nodeorder,
  'numa-aware': numaAware,
  overcommit,
  pdb,
  predicates,
  priority,
  proportion,
  rescheduling,
  'resource-strategy-fit': resourceStrategyFit,
  resourcequota,
  sla,
  'task-topology': taskTopology,
  tdm,
  usage,
  'usage-share': usageShare,
};
