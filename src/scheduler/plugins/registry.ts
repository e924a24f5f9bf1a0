import type { PluginName } from '../../config/policy.ts';
import type { Plugin } from '../framework/plugin.ts';
import { binpack } from './binpack.ts';
import { gang } from './gang.ts';
import { nodeorder } from './nodeorder.ts';
import { predicates } from './predicates.ts';
import { priority } from './priority.ts';
import { proportion } from './proportion.ts';

/** Every plugin that a configuration may name. */
export const PLUGINS: Readonly<Record<PluginName, Plugin>> = {
  binpack,
  gang,
  nodeorder,
  predicates,
  priority,
  proportion,
};
