import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import { bundlesOf, standingTasks } from '../model/bundles.ts';
import { FreedByVictims, makePlan } from './eviction-plan.ts';
import type { EvictionPlan } from './eviction-plan.ts';
import type { VictimRule } from './victim-rule.ts';
import { compareVictims, mayBeEvicted } from './victims.ts';

/** A task that looks for room that others have. */
export interface Preemptor {
  readonly task: Task;
  readonly job: Job;
  readonly queue: Queue;
}

/** Works out who would have to go from a node. Nothing is changed by it. */
export class EvictionPlanner {
  readonly #session: Session;
  readonly #rule: VictimRule;

  constructor(session: Session, rule: VictimRule) {
    this.#session = session;
    this.#rule = rule;
  }

  /**
   * The plan for the node; undefined when the task cannot have it, whoever goes. Ports that pods hold are not taken from
   * them. O(tasks of the node x resources), with whole gangs O(their tasks).
   */
  plan(node: number, preemptor: Preemptor): EvictionPlan | undefined {
    const { framework, snapshot } = this.#session;
    const { task } = preemptor;
    if (!framework.picker(task).allows(node)) return undefined;
    if (!snapshot.index.portsFree(node, task.class.shape.hostPorts)) return undefined;
    const candidates = framework.victims.count(this.#rule.action, task, this.#candidates(node, preemptor));
    const { safe, whole } = bundlesOf(candidates);
    const fit = new Fit(this.#session, node, preemptor, this.#rule.isAcrossQueues);
    // First those that can be spared: of gangs only what still lacks then.
    for (const victim of safe) fit.take(victim);
    const broken = fit.holds() ? [] : this.#breakable(whole, preemptor);
    for (const victim of broken) fit.take(victim);
    if (!fit.holds()) return undefined;
    const kept = [...safe, ...broken].toReversed().filter((victim) => !fit.spares(victim));
    const gangs = new Set(kept.filter((victim) => broken.includes(victim)).flatMap(({ job }) => job ?? []));
    const others = kept.filter(({ job }) => job === undefined || !gangs.has(job));
    const all = [...gangs].flatMap((gang) => standingTasks(gang) ?? []);
    return makePlan(node, [...others, ...all], gangs.size);
  }

  /** Who may be asked about, worst first. */
  #candidates(node: number, { job }: Preemptor): Task[] {
    const out: Task[] = [];
    const { nodeTasks } = this.#session.snapshot;
    for (let task = nodeTasks.first(node); task !== undefined; task = task.nextOnNode) {
      if (task.job !== job && this.mayGo(task, job)) out.push(task);
    }
    return out.sort(this.compareVictims);
  }

  /** By what it is, whatever the plugins say. */
  mayGo(task: Task, preemptor: Job): boolean {
    const { job } = task;
    const queue = job?.queue;
    if (job === undefined || queue === undefined || !this.#rule.mayTake(preemptor, queue, job.priority)) return false;
    return mayBeEvicted(this.#session, task);
  }

  /** Worst first. */
  readonly compareVictims = (a: Task, b: Task): number => compareVictims(this.#session.framework, a, b);

  /** Members of gangs that may go as a whole. */
  #breakable(whole: readonly Task[], preemptor: Preemptor): Task[] {
    const known = new Map<Job, boolean>();
    return whole.filter(({ job }) => {
      if (job === undefined) return false;
      let mayBreak = known.get(job);
      if (mayBreak === undefined) known.set(job, (mayBreak = this.#mayBreak(job, preemptor)));
      return mayBreak;
    });
  }

  #mayBreak(gang: Job, { task, job }: Preemptor): boolean {
    const standing = standingTasks(gang);
    if (standing?.every((member) => this.mayGo(member, job)) !== true) return false;
    const ordered = standing.toSorted(this.compareVictims);
    return this.#session.framework.victims.count(this.#rule.action, task, ordered).length === ordered.length;
  }
}

/** Whether a task fits a node once some have gone, and what its queue may have then. */
class Fit {
  readonly #session: Session;
  readonly #node: number;
  readonly #preemptor: Preemptor;
  readonly #needsPreemptive: boolean;
  readonly #freed = new FreedByVictims();
  /** Of what the task asks for, by its place in the class: what the node will have. */
  readonly #room: number[];

  constructor(session: Session, node: number, preemptor: Preemptor, needsPreemptive: boolean) {
    this.#session = session;
    this.#node = node;
    this.#preemptor = preemptor;
    this.#needsPreemptive = needsPreemptive;
    const { nodes } = session.snapshot;
    this.#room = Array.from(preemptor.task.class.resources, (r) => nodes.future(node, r));
  }

  take(victim: Task): void {
    this.#move(victim, 1);
  }

  /** Takes the victim back if all is well without it. */
  spares(victim: Task): boolean {
    this.#move(victim, -1);
    if (this.holds()) return true;
    this.#move(victim, 1);
    return false;
  }

  holds(): boolean {
    const { task, job, queue } = this.#preemptor;
    const { framework, snapshot } = this.#session;
    const { resources, amounts } = task.class;
    for (let i = 0; i < resources.length; i += 1) {
      if (!snapshot.nodes.offers(resources[i] ?? 0) || (this.#room[i] ?? 0) < (amounts[i] ?? 0)) return false;
    }
    if (this.#needsPreemptive && !framework.victims.isPreemptive(queue, task, this.#freed)) return false;
    return framework.allocatable(queue, task.class, job, this.#freed) === undefined;
  }

  #move(victim: Task, sign: 1 | -1): void {
    this.#freed.add(victim, sign);
    if (victim.nodeIx !== this.#node) return;
    const { resources, amounts } = victim.class;
    const wanted = this.#preemptor.task.class.resources;
    for (let i = 0; i < resources.length; i += 1) {
      const at = wanted.indexOf(resources[i] ?? -1);
      if (at >= 0) this.#room[at] = (this.#room[at] ?? 0) + sign * (amounts[i] ?? 0);
    }
  }
}
