import type { PluginSet } from '../framework/plugin.ts';
import { binpack } from './binpack.ts';
import { cdp } from './cdp.ts';
import { conformance } from './conformance.ts';
import { gang } from './gang.ts';
import { nodegroup } from './nodegroup.ts';
import { nodeorder } from './nodeorder.ts';
import { overcommit } from './overcommit.ts';
import { predicates } from './predicates.ts';
import { priority } from './priority.ts';
import { proportion } from './proportion.ts';
import { resourceStrategyFit } from './resource-strategy-fit.ts';
import { sla } from './sla.ts';

/** Every plugin that a configuration may name. */
export const PLUGINS: PluginSet = {
  binpack,
  cdp,
  conformance,
  gang,
  nodegroup,
  nodeorder,
  overcommit,
  predicates,
  priority,
  proportion,
  'resource-strategy-fit': resourceStrategyFit,
  sla,
};
