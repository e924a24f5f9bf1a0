import { Heap } from '../../lib/heap.ts';
import type { MayGo } from '../ledger/victim-sums.ts';
import type { Session } from '../session/session.ts';
import { comparePlans } from './eviction-plan.ts';
import type { EvictionPlan, PlanRank } from './eviction-plan.ts';
import type { EvictionPlanner, Preemptor } from './eviction-planner.ts';
import type { VictimRule } from './victim-rule.ts';

/** What the plans of one kind of preemptor are made with. */
export interface PlanMaker {
  readonly session: Session;
  readonly rule: VictimRule;
  readonly planner: Pick<EvictionPlanner, 'plan'>;
}

/** A node, with how good a plan for it could be at best, or with the plan that was made for it. */
interface Candidate extends PlanRank {
  readonly plan: EvictionPlan | undefined;
  /** State of the nodes in which the plan was made. */
  readonly madeAt: number;
}

/**
 * The plans of all nodes for tasks of one class, queue and priority, best first. Nodes stand in a heap by what is sure of
 * whoever would have to go, and the plan is made for those that come first: most are never looked at closer. A plan is made
 * anew before it is used when anything has changed, since what may go from a node hangs on what has gone from others.
 * First O(nodes x tasks of a node), then O((changed nodes + nodes that were looked at closer) x (tasks + log nodes)).
 */
export class EvictionPlans {
  readonly #maker: PlanMaker;
  readonly #heap = new Heap<Candidate>([], comparePlans);
  /** The newest of each node: older ones in the heap stand for nothing. */
  readonly #newest: (Candidate | undefined)[] = [];
  /**
   * Nodes with a plan, those that were only too little for what the queue may have, and those of pods with rules about others: all of them may
   * do better once pods go from other nodes.
   */
  readonly #openAgain = new Set<number>();
  /** Which tasks had been told to go when those were asked about. */
  #evictionsThen = 0;
  #syncedTo = -1;

  constructor(maker: PlanMaker) {
    this.#maker = maker;
  }

  best(preemptor: Preemptor): EvictionPlan | undefined {
    this.#catchUp(preemptor);
    const { now } = this.#maker.session.snapshot.recency;
    for (let first = this.#heap.peek(); first !== undefined; first = this.#heap.peek()) {
      const { node } = first;
      if (this.#newest[node] !== first) {
        this.#heap.pop();
        continue;
      }
      if (first.plan !== undefined && first.madeAt === now) return first.plan;
      const { plan, isShortOfRights } = this.#maker.planner.plan(node, preemptor);
      if (plan !== undefined && comparePlans(plan, first) <= 0) return plan;
      this.#heap.pop();
      this.#put(node, plan && candidateOf(plan, now));
      const mayOpen = this.#maker.session.framework.mayClose(preemptor.task);
      if (plan !== undefined || isShortOfRights || mayOpen) this.#openAgain.add(node);
    }
    return undefined;
  }

  #catchUp(preemptor: Preemptor): void {
    const { recency, nodes } = this.#maker.session.snapshot;
    const mayTake = this.#mayTake(preemptor);
    this.#lookAgain(preemptor, mayTake);
    if (this.#syncedTo < 0) {
      for (let node = 0; node < nodes.count; node += 1) this.#look(node, preemptor, mayTake);
    } else {
      let node = recency.newest;
      while (node >= 0 && recency.changedAt(node) > this.#syncedTo) {
        this.#look(node, preemptor, mayTake);
        node = recency.olderThan(node);
      }
    }
    this.#syncedTo = recency.now;
  }

  /** Others go than then. */
  #lookAgain(preemptor: Preemptor, mayTake: MayGo): void {
    const { evictionVersion } = this.#maker.session.statement;
    if (evictionVersion === this.#evictionsThen) return;
    this.#evictionsThen = evictionVersion;
    const nodes = [...this.#openAgain];
    this.#openAgain.clear();
    for (const node of nodes) this.#look(node, preemptor, mayTake);
  }

  #look(node: number, { task }: Preemptor, mayTake: MayGo): void {
    const bound = this.#maker.session.framework.victimSums.bound(node, task.class, mayTake);
    if (bound === undefined) {
      this.#put(node, undefined);
      return;
    }
    const { count, highest, sum, youngestMs: oldestMs } = bound;
    this.#put(node, { node, gangs: 0, count, highest, sum, oldestMs, plan: undefined, madeAt: -1 });
  }

  #mayTake({ job }: Preemptor): MayGo {
    const { rule } = this.#maker;
    return (queue, priority) => rule.mayTake(job, queue, priority);
  }

  #put(node: number, candidate: Candidate | undefined): void {
    while (this.#newest.length <= node) this.#newest.push(undefined);
    this.#newest[node] = candidate;
    if (candidate !== undefined) this.#heap.push(candidate);
  }
}

function candidateOf(plan: EvictionPlan, madeAt: number): Candidate {
  const { node, gangs, count, highest, sum, oldestMs } = plan;
  return { node, gangs, count, highest, sum, oldestMs, plan, madeAt };
}
