import type { PluginArguments } from '../../config/policy.ts';
import { listArgument, numberArgument } from '../framework/plugin.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { ResourceTable } from '../model/resource-table.ts';

/** Highest score of one plugin for one node, before its weight. */
const MAX_SCORE = 100;

/** Fuller nodes first: the weighted mean of (used + asked) / allocatable over the asked resources (Volcano's formula). */
export const binpack: Plugin = {
  name: 'binpack',
  make: (snapshot, options) => {
    const scale = numberArgument(options, 'binpack.weight', 1) * MAX_SCORE;
    const weights = readWeights(options, snapshot.resources);
    return {
      scoreNode: (taskClass, node) => {
        const { resources, amounts } = taskClass;
        const { idle, allocatable } = snapshot.nodes;
        let score = 0;
        let total = 0;
        for (let i = 0; i < resources.length; i += 1) {
          const r = resources[i] ?? 0;
          const weight = weights[r] ?? 0;
          if (weight === 0) continue;
          const room = allocatable[r]?.[node] ?? 0;
          const left = (idle[r]?.[node] ?? 0) - (amounts[i] ?? 0);
          total += weight;
          if (room > 0 && left >= 0) score += (weight * (room - left)) / room;
        }
        return total === 0 ? 0 : (score / total) * scale;
      },
    };
  },
};

/** `binpack.cpu`, `binpack.memory` (default 1) and `binpack.resources.<name>` (default 1) for each name in `binpack.resources`. */
function readWeights(options: PluginArguments, table: ResourceTable): number[] {
  const weights: number[] = [];
  weights[table.keep('cpu')] = numberArgument(options, 'binpack.cpu', 1);
  weights[table.keep('memory')] = numberArgument(options, 'binpack.memory', 1);
  for (const name of listArgument(options, 'binpack.resources')) {
    weights[table.keep(name)] = numberArgument(options, `binpack.resources.${name}`, 1);
  }
  return Array.from(weights, (weight) => weight ?? 0);
}
