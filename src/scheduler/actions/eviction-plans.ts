import { Heap } from '../../lib/heap.ts';
import type { MayGo } from '../ledger/victim-sums.ts';
import type { Session } from '../session/session.ts';
import { comparePlans } from './eviction-plan.ts';
import type { EvictionPlan } from './eviction-plan.ts';
import type { EvictionPlanner, Preemptor } from './eviction-planner.ts';
import type { VictimRule } from './victim-rule.ts';

/** What the plans of one kind of preemptor are made with. */
export interface PlanMaker {
  readonly session: Session;
  readonly rule: VictimRule;
  readonly planner: EvictionPlanner;
}

/**
 * The plans of all nodes for tasks of one class, queue and priority, best first. Plans are made once and anew for nodes
 * that changed; the best one is looked at again before it is used, since what may go from a node hangs on what has gone
 * from others. First O(nodes x tasks of a node), then O(changed nodes x (tasks + log nodes)).
 */
export class EvictionPlans {
  readonly #maker: PlanMaker;
  readonly #heap = new Heap<EvictionPlan>([], comparePlans);
  /** The newest plan of each node: older ones in the heap stand for nothing. */
  readonly #newest = new Map<number, EvictionPlan>();
  #syncedTo = -1;

  constructor(maker: PlanMaker) {
    this.#maker = maker;
  }

  best(preemptor: Preemptor): EvictionPlan | undefined {
    this.#catchUp(preemptor);
    for (let plan = this.#heap.peek(); plan !== undefined; plan = this.#heap.peek()) {
      if (this.#newest.get(plan.node) !== plan) {
        this.#heap.pop();
        continue;
      }
      const fresh = this.#maker.planner.plan(plan.node, preemptor);
      if (fresh !== undefined && comparePlans(fresh, plan) <= 0) return fresh;
      this.#heap.pop();
      this.#put(plan.node, fresh);
    }
    return undefined;
  }

  #catchUp(preemptor: Preemptor): void {
    const { recency, nodes } = this.#maker.session.snapshot;
    if (this.#syncedTo < 0) {
      for (let node = 0; node < nodes.count; node += 1) this.#look(node, preemptor);
    } else {
      let node = recency.newest;
      while (node >= 0 && recency.changedAt(node) > this.#syncedTo) {
        this.#look(node, preemptor);
        node = recency.olderThan(node);
      }
    }
    this.#syncedTo = recency.now;
  }

  #look(node: number, preemptor: Preemptor): void {
    const { session, planner } = this.#maker;
    const mayFit = session.framework.victimSums.wouldFit(node, preemptor.task.class, this.#mayTake(preemptor));
    this.#put(node, mayFit ? planner.plan(node, preemptor) : undefined);
  }

  #mayTake({ job }: Preemptor): MayGo {
    const { rule } = this.#maker;
    return (queue, priority) => rule.mayTake(job, queue, priority);
  }

  #put(node: number, plan: EvictionPlan | undefined): void {
    if (plan === undefined) {
      this.#newest.delete(node);
      return;
    }
    this.#newest.set(node, plan);
    this.#heap.push(plan);
  }
}
