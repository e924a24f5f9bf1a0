import type { SchedulingShape, TaintRecord } from '../../api/records/scheduling-shape.ts';
import { keepsAway } from './taints.ts';
import { isPassing } from './passing-taints.ts';

/** Which rules about the place of a pod count, as the configuration has them. Nobody looks at what is switched off. */
export class MindedRules {
  /** Node selectors and required node affinity. */
  nodeAffinity = true;
  taints = true;
  hostPorts = true;
  /** Required affinity between pods, and anti-affinity. */
  podAffinity = true;
  /** Spread that must hold. */
  spread = true;

  /**
   * The taint keeps pods away that do not tolerate it. Taints that would have a pod go at once, and those of a node that is
   * out of order, do so in any case.
   */
  heeds(taint: TaintRecord): boolean {
    return keepsAway(taint) && (this.taints || taint.effect === 'NoExecute' || isPassing(taint));
  }

  /** Most pods of the shape that one node could hold, whatever they ask for: two of them would ask for the same port. */
  mostOnOneNode({ hostPorts }: SchedulingShape): number {
    return this.hostPorts && hostPorts.length > 0 ? 1 : Infinity;
  }
}
