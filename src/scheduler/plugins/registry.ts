import type { PluginSet } from '../framework/plugin.ts';
import { binpack } from './binpack.ts';
import { capacity } from './capacity.ts';
import { conformance } from './conformance.ts';
import { gang } from './gang.ts';
import { nodeorder } from './nodeorder.ts';
import { predicates } from './predicates.ts';
import { priority } from './priority.ts';
import { proportion } from './proportion.ts';

/** Every plugin that a configuration may name. */
export const PLUGINS: PluginSet = {
  binpack,
  capacity,
  conformance,
  gang,
  nodeorder,
  predicates,
  priority,
  proportion,
};
