import type { ActionName } from '../../config/policy.ts';
import { GANG_PREEMPT, GANG_RECLAIM, PREEMPT, RECLAIM } from '../actions/victim-rule.ts';
import type { VictimRule } from '../actions/victim-rule.ts';
import { mayBeEvicted } from '../actions/victims.ts';
import { isStanding } from '../model/bundles.ts';
import type { Job } from '../model/job.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import type { GroupHolding } from './explanation.ts';

const RULES: Partial<Record<ActionName, VictimRule>> = {
  preempt: PREEMPT,
  reclaim: RECLAIM,
  gangpreempt: GANG_PREEMPT,
  gangreclaim: GANG_RECLAIM,
};

const CLOSED = 'their nodes are closed to the pod whoever goes, by what nodes are';

type Chance = Pick<GroupHolding, 'mayGo' | 'why'>;

/** Whether pods of others may be told to go for a job, by the same rules and votes as the actions that evict. */
export class EvictionChances {
  readonly #session: Session;
  readonly #job: Job;
  /** One of its pending pods. */
  readonly #preemptor: Task | undefined;
  readonly #rules: readonly VictimRule[];

  constructor(session: Session, job: Job, preemptor: Task | undefined, actions: readonly ActionName[]) {
    this.#session = session;
    this.#job = job;
    this.#preemptor = preemptor;
    this.#rules = actions.flatMap((action) => RULES[action] ?? []);
  }

  of(holder: Job): Chance {
    const general = this.#generally();
    if (general !== undefined) return no(general);
    const standing: Task[] = [];
    for (const task of holder.tasks.values()) if (isStanding(task)) standing.push(task);
    if (standing.length === 0) return no('none of its pods stands on a node');
    const candidates = standing.filter((task) => mayBeEvicted(this.#session, task));
    if (candidates.length === 0) return no('its pods are kept from being evicted');
    const useful = candidates.filter((task) => this.#couldTakeOver(task.nodeIx));
    if (useful.length === 0) return no(CLOSED);
    const refusals: string[] = [];
    for (const rule of this.#rules) {
      const why = this.#refusal(rule, holder, useful);
      if (why === undefined) return { mayGo: true, why: rule.action };
      refusals.push(`${rule.action}: ${why}`);
    }
    return no(refusals.join('; '));
  }

  /** What holds whoever is asked about. */
  #generally(): string | undefined {
    if (this.#rules.length === 0) return 'no action of the configuration evicts for others';
    if (this.#preemptor === undefined) return 'no pod of the group waits';
    if (this.#preemptor.isPatient) return 'the group waits and evicts nobody (preemptionPolicy Never)';
    if (!this.#session.framework.victims.isStarving(this.#job)) return 'the group has what it needs to start';
    return undefined;
  }

  /** As in the planner of evictions. */
  #couldTakeOver(node: number): boolean {
    const preemptor = this.#preemptor;
    return preemptor !== undefined && this.#session.framework.picker(preemptor).allowsWithout(node);
  }

  #refusal(rule: VictimRule, holder: Job, candidates: readonly Task[]): string | undefined {
    const { framework, snapshot } = this.#session;
    const [asking, queue] = [this.#job.queue, holder.queue];
    if (asking === undefined || queue === undefined || this.#preemptor === undefined) return 'it has no queue';
    if (!rule.mayTake(this.#job, queue, holder.priority)) return notTaken(rule, this.#job, holder);
    if (rule.isAcrossQueues && !framework.victims.isPreemptive(asking, this.#preemptor)) {
      return `queue ${asking.name} has no claim to more`;
    }
    const named = framework.victims.count(rule.action, this.#preemptor, candidates);
    if (named.length === 0) return 'the plugins name none of its pods';
    return snapshot.budgets.overdraft(named.slice(0, 1)).isNone ? undefined : 'a disruption budget keeps them';
  }
}

function notTaken(rule: VictimRule, job: Job, holder: Job): string {
  if (rule.isAcrossQueues) {
    return holder.queue === job.queue
      ? 'it is of the same queue'
      : `queue ${holder.queue?.name ?? ''} is not reclaimable`;
  }
  return holder.queue === job.queue ? 'its priority is not lower' : 'it is of another queue';
}

function no(why: string): Chance {
  return { mayGo: false, why };
}
