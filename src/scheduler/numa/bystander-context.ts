import type { PodNuma } from '../../api/records/numa-records.ts';
import type { PlacementContext, PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { KEPT } from './numa-context.ts';

/**
 * Pods that mind no zones and get CPUs for themselves all the same, while others were promised zones that come free: the successor of who had to go,
 * which often comes first, would take them again.
 */
export class BystanderContext implements PlacementContext {
  readonly key: string;
  readonly hooks: PluginHooks;
  readonly #pod: PodNuma;
  readonly #snapshot: Snapshot;

  constructor(pod: PodNuma, snapshot: Snapshot) {
    this.key = `beside numa ${pod.key}`;
    this.#pod = pod;
    this.#snapshot = snapshot;
    this.hooks = {
      feasibleNode: (_, node) => this.allows(node),
      explain: (_, reasons) => this.#explain(reasons),
    };
  }

  readonly followsNodes = true;

  readonly version = (): number => 0;

  readonly allows = (node: number): boolean => {
    const answer = this.#snapshot.numa.admission(this.#pod, node);
    return answer?.kind !== 'refused' || answer.shortage !== undefined;
  };

  #explain(reasons: Map<string, number>): void {
    let kept = 0;
    for (let node = 0; node < this.#snapshot.nodes.count; node += 1) if (!this.allows(node)) kept += 1;
    if (kept > 0) reasons.set(KEPT, kept);
  }
}
