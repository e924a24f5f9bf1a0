import type { PluginSet } from '../framework/plugin.ts';
import { binpack } from './binpack.ts';
import { capacity } from './capacity.ts';
import { cdp } from './cdp.ts';
import { conformance } from './conformance.ts';
import { drf } from './drf.ts';
import { gang } from './gang.ts';
import { nodegroup } from './nodegroup.ts';
import { nodeorder } from './nodeorder.ts';
import { overcommit } from './overcommit.ts';
import { pdb } from './pdb.ts';
import { predicates } from './predicates.ts';
import { priority } from './priority.ts';
import { proportion } from './proportion.ts';
import { resourceStrategyFit } from './resource-strategy-fit.ts';
import { sla } from './sla.ts';
import { taskTopology } from './task-topology.ts';
import { tdm } from './tdm.ts';
import { usageShare } from './usage-share.ts';

/** Every plugin that a configuration may name. */
export const PLUGINS: PluginSet = {
  binpack,
  capacity,
  cdp,
  conformance,
  drf,
  gang,
  nodegroup,
  nodeorder,
  overcommit,
  pdb,
  predicates,
  priority,
  proportion,
  'resource-strategy-fit': resourceStrategyFit,
  sla,
  'task-topology': taskTopology,
  tdm,
  'usage-share': usageShare,
};
