import type { PluginArguments } from '../../config/policy.ts';
import { listArgument, numberArgument, switchArgument } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';

/** Highest score for one node, before the weight. */
const MAX_SCORE = 100;

/** Nodes that offer none of the scarce resources score most, by the weights of those that they do offer (Volcano's `sra`). */
export class ScarcityAvoidance {
  readonly #nodes: Snapshot['nodes'];
  readonly #scale: number;
  /** Resource and its share of all weights. */
  readonly #shares: readonly (readonly [resource: number, share: number])[];

  constructor({ nodes, resources }: Snapshot, options: PluginArguments) {
    this.#nodes = nodes;
    const weights = listArgument(options, 'sra.resources').map((name) => {
      return [resources.keep(name), numberArgument(options, `sra.resourceWeight.${name}`, 1)] as const;
    });
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    this.#shares = total === 0 ? [] : weights.map(([resource, weight]) => [resource, weight / total]);
    const weight = numberArgument(options, 'sra.weight', 1);
    this.#scale = switchArgument(options, 'sra.enable', false) ? weight * MAX_SCORE : 0;
  }

  score(node: number): number {
    if (this.#scale === 0 || this.#shares.length === 0) return 0;
    let left = 1;
    for (const [resource, share] of this.#shares) {
      if ((this.#nodes.allocatable[resource]?.[node] ?? 0) > 0) left -= share;
    }
    return left * this.#scale;
  }
}
