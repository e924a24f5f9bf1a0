import type { PluginSet } from '../framework/plugin.ts';
import { binpack } from './binpack.ts';
import { conformance } from './conformance.ts';
import { drf } from './drf.ts';
import { gang } from './gang.ts';
import { nodeorder } from './nodeorder.ts';
import { predicates } from './predicates.ts';
import { priority } from './priority.ts';
import { proportion } from './proportion.ts';
import { taskTopology } from './task-topology.ts';
import { tdm } from './tdm.ts';

/** Every plugin that a configuration may name. */
export const PLUGINS: PluginSet = {
  binpack,
  conformance,
  drf,
  gang,
  nodeorder,
  predicates,
  priority,
  proportion,
  'task-topology': taskTopology,
  tdm,
};
