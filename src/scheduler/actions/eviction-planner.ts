import { switchArgument } from '../framework/plugin.ts';
import { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import { bundlesOf, isAlone, standingTasks } from '../model/bundles.ts';
import type { Together } from '../model/bundles.ts';
import { FreedByVictims, makePlan } from './eviction-plan.ts';
import type { EvictionPlan } from './eviction-plan.ts';
import { portsFreeWithout } from './later-ports.ts';
import type { VictimRule } from './victim-rule.ts';
import { inOrder, mayBeEvicted, worstFirst } from './victims.ts';

/** A task that looks for room that others have. */
export interface Preemptor {
  readonly task: Task;
  readonly job: Job;
  readonly queue: Queue;
  /** How it sees the nodes at the moment. */
  readonly picker: NodePicker;
}

/** What is to be said of one node. */
export interface NodeAnswer {
  /** Undefined when the task cannot have the node, whoever goes. */
  readonly plan: EvictionPlan | undefined;
  /** More would have to go than the room takes, since the queue may not have so much: once others go it may. */
  readonly isShortOfRights: boolean;
}

/** Works out who would have to go from a node. Nothing is changed by it. */
export class EvictionPlanner {
  readonly #session: Session;
  readonly #rule: VictimRule;
  readonly #blocking = new Set<string>();
  readonly #mayBreakGangs: boolean;

  constructor(session: Session, rule: VictimRule) {
    this.#session = session;
    this.#rule = rule;
    const options = session.framework.actionArguments(rule.action);
    this.#mayBreakGangs = !rule.isWithinJob && switchArgument(options, 'allowWholeBundle', true);
  }

  /**
   * Who would have to go from the node. O(tasks of the node x resources),
   * with whole gangs or parts of gangs O(their tasks).
   */
  plan(node: number, preemptor: Preemptor): NodeAnswer {
    const { task, job } = preemptor;
    if (!preemptor.picker.allowsWithout(node)) return CLOSED;
    const candidates = this.#candidates(node, preemptor);
    const plain = this.#planPlainly(node, preemptor, candidates);
    if (plain !== undefined) return { plan: plain, isShortOfRights: false };
    const { safe, parts, whole } = bundlesOf(this.#vote(task, candidates));
    const spared = parts.size === 0 ? safe : this.#breakable(safe, preemptor, (each) => parts.get(each));
    const fit = new Fit(this.#session, node, preemptor, this.#rule.isAcrossQueues);
    // First those that can be spared: of gangs only what still lacks then.
    const taken = takeWorst(spared, parts, fit);
    const broken = this.#mayBreakGangs && !fit.holds() ? this.#breakable(whole, preemptor, ({ job }) => job) : NOBODY;
    for (const victim of broken) fit.take(victim);
    if (!fit.holds()) return { plan: undefined, isShortOfRights: fit.wasShortOfRights };
    const found = this.#found(node, [...taken, ...broken], fit, breakingOf(parts, broken));
    const isShortOfRights = fit.wasShortOfRights;
    if (taken.length === spared.length || found.isWithin) return { plan: this.#checked(found, job), isShortOfRights };
    // The worst will not do by their budgets: others of the node might.
    const all = new Fit(this.#session, node, preemptor, this.#rule.isAcrossQueues);
    for (const victim of spared) all.take(victim);
    return { plan: this.#checked(this.#found(node, spared, all, parts), job), isShortOfRights };
  }

  /** The same where the worst will do, as many as make room, and each of them is alone: nobody is asked about the others. Else undefined. */
  #planPlainly(node: number, preemptor: Preemptor, candidates: readonly Task[]): EvictionPlan | undefined {
    const { task, job } = preemptor;
    const { framework, snapshot } = this.#session;
    if (!snapshot.budgets.areNone || !framework.victims.answersInOrder(this.#rule.action, job)) return undefined;
    const fit = new Fit(this.#session, node, preemptor, this.#rule.isAcrossQueues);
    const taken: Task[] = [];
    for (let i = 0; i < candidates.length && !fit.hasRoom(); i += 1) {
      const victim = candidates[i] as Task;
      if (!isAlone(victim)) return undefined;
      fit.take(victim);
      taken.push(victim);
    }
    if (taken.length === 0 || this.#vote(task, taken).length < taken.length || !fit.holds()) return undefined;
    return this.#found(node, taken, fit, NOBODY_BROKEN).plan;
  }

  /** Who of those taken has to go. */
  #found(node: number, taken: readonly Task[], fit: Fit, breaking: ReadonlyMap<Task, Together>): Found {
    const needed = this.#needed(taken.toReversed(), fit, breaking);
    const { budgets } = this.#session.snapshot;
    const victims = withOthers(needed, breaking);
    const isWithin = budgets.areNone || budgets.overdraft(victims).isNone;
    return { plan: makePlan(node, victims, gangsOf(needed, breaking)), isWithin };
  }

  /** Undefined when budgets keep some of them, which is noted, or their own group would be below its minimum while they leave. */
  #checked({ plan, isWithin }: Found, job: Job): EvictionPlan | undefined {
    if (!isWithin) this.#isWithinBudgets(plan.victims);
    const isBelow = this.#rule.isWithinJob && job.arrived() - plan.count < job.minMember;
    return isWithin && !isBelow ? plan : undefined;
  }

  /** Disruption budgets that kept pods from being named since this was asked, beside others that may have. */
  takeBlocking(): readonly string[] {
    const keys = [...this.#blocking].toSorted();
    this.#blocking.clear();
    return keys;
  }

  /** Who of those is needed; the most important, who come first, are spared before others, and before all who overdraw budgets. */
  #needed(victims: readonly Task[], fit: Fit, breaking: ReadonlyMap<Task, Together>): readonly Task[] {
    const { budgets } = this.#session.snapshot;
    if (budgets.areNone) return victims.filter((victim) => !fit.spares(victim));
    const left = new Set(victims);
    const overdraft = budgets.overdraft(withOthers(victims, breaking));
    const broken = Map.groupBy(breaking.keys(), (member) => breaking.get(member));
    for (const victim of overdraft.isNone ? [] : victims) {
      if (overdraft.isNone) break;
      if (!overdraft.hangsOn(victim) || !fit.spares(victim)) continue;
      left.delete(victim);
      const together = breaking.get(victim);
      const others = together === undefined ? [] : (broken.get(together) ?? []);
      if (others.some((other) => left.has(other))) continue;
      // With the last of them the whole gang stays, or the whole part.
      const staying = together === undefined ? [victim] : (standingTasks(together) ?? []);
      overdraft.giveBack(staying.filter((member) => !left.has(member)));
    }
    return victims.filter((victim) => left.has(victim) && !fit.spares(victim));
  }

  #isWithinBudgets(victims: readonly Task[]): boolean {
    const overdraft = this.#session.snapshot.budgets.overdraft(victims);
    for (const key of overdraft.keys) this.#blocking.add(key);
    return overdraft.isNone;
  }

  #vote(task: Task, candidates: readonly Task[]): readonly Task[] {
    return this.#session.framework.victims.count(this.#rule.action, task, candidates);
  }

  /** Who may be asked about, worst first. */
  #candidates(node: number, preemptor: Preemptor): Task[] {
    const out: Task[] = [];
    const kept: Task[] = [];
    const { nodeTasks, budgets } = this.#session.snapshot;
    const worstFirst = this.#worstFirst(preemptor.job);
    const { isWithinJob } = this.#rule;
    for (let task = nodeTasks.first(node); task !== undefined; task = task.nextOnNode) {
      if ((task.job === preemptor.job) !== isWithinJob || !this.mayGo(task, preemptor)) continue;
      (budgets.allows(task) ? out : kept).push(task);
    }
    // Told is what would go if it were not for the budgets.
    if (kept.length > 0) this.#isWithinBudgets(this.#vote(preemptor.task, inOrder(kept, worstFirst)));
    return inOrder(out, worstFirst);
  }

  /** By what it is, whatever the plugins say. */
  mayGo(task: Task, { task: asking, job: preemptor }: Preemptor): boolean {
    const { job } = task;
    const queue = job?.queue;
    if (job === undefined || queue === undefined || !this.#rule.mayTake(preemptor, queue, job.priority)) return false;
    if (this.#rule.isWithinJob && task.record.priority >= asking.record.priority) return false;
    return mayBeEvicted(this.#session, task);
  }

  #worstFirst({ queue: asking }: Job): (a: Task, b: Task) => number {
    return worstFirst(this.#session.framework, asking);
  }

  /** Those who go alone, or with all of a gang or a part that may go as a whole. */
  #breakable(tasks: readonly Task[], preemptor: Preemptor, withWhom: (task: Task) => Together | undefined): Task[] {
    const known = new Map<Together, boolean>();
    return tasks.filter((task) => {
      const together = withWhom(task);
      if (together === undefined) return true;
      let mayBreak = known.get(together);
      if (mayBreak === undefined) known.set(together, (mayBreak = this.#mayBreak(together, preemptor)));
      return mayBreak;
    });
  }

  #mayBreak(together: Together, preemptor: Preemptor): boolean {
    const { task, job } = preemptor;
    const standing = standingTasks(together);
    if (standing?.every((member) => this.mayGo(member, preemptor)) !== true) return false;
    const ordered = standing.toSorted(this.#worstFirst(job));
    return this.#vote(task, ordered).length === ordered.length && this.#isWithinBudgets(ordered);
  }
}

/** A plan, and whether budgets let all of it go. */
interface Found {
  readonly plan: EvictionPlan;
  readonly isWithin: boolean;
}

const NOBODY: readonly Task[] = [];
const NOBODY_BROKEN: ReadonlyMap<Task, Together> = new Map();
const CLOSED: NodeAnswer = { plan: undefined, isShortOfRights: false };

/** Takes one after the other until the task fits. */
function takeWorst(spared: readonly Task[], parts: ReadonlyMap<Task, Together>, fit: Fit): readonly Task[] {
  const taken: Task[] = [];
  for (let i = 0; i < spared.length && !fit.holds(); i += 1) {
    for (const victim of withMates(spared[i] as Task, spared, parts)) {
      if (parts.size > 0 && taken.includes(victim)) continue;
      fit.take(victim);
      taken.push(victim);
    }
  }
  return taken;
}

/** Who goes only with all of a part, or of a gang. */
function breakingOf(parts: ReadonlyMap<Task, Together>, broken: readonly Task[]): ReadonlyMap<Task, Together> {
  if (broken.length === 0) return parts;
  const breaking = new Map<Task, Together>(parts);
  for (const victim of broken) if (victim.job !== undefined) breaking.set(victim, victim.job);
  return breaking;
}

/** Number of gangs that are broken. */
function gangsOf(victims: readonly Task[], breaking: ReadonlyMap<Task, Together>): number {
  if (breaking.size === 0) return 0;
  return new Set(victims.map((victim) => breaking.get(victim)).filter((broken) => broken instanceof Job)).size;
}

/** The candidate, with those of its part that stand on the node where it goes with them. */
function withMates(task: Task, candidates: readonly Task[], parts: ReadonlyMap<Task, Together>): readonly Task[] {
  const part = parts.get(task);
  return part === undefined ? [task] : candidates.filter((other) => parts.get(other) === part);
}

/** Those who go, with all others of the gangs and parts that are broken by it. */
function withOthers(victims: readonly Task[], breaking: ReadonlyMap<Task, Together>): readonly Task[] {
  if (breaking.size === 0) return victims;
  const broken = new Set(victims.flatMap((victim) => breaking.get(victim) ?? []));
  const going = new Set([...broken].flatMap((together) => standingTasks(together) ?? []));
  return [...victims.filter((victim) => !going.has(victim)), ...going];
}

/** Whether a task fits a node once some have gone, and what its queue may have then. */
class Fit {
  readonly #session: Session;
  readonly #node: number;
  readonly #preemptor: Preemptor;
  readonly #needsPreemptive: boolean;
  readonly #freed: FreedByVictims;
  /** There was room once, and a claim to it, but not what the queue may have. */
  wasShortOfRights = false;
  /** Of what the task asks for, by its place in the class: what the node will have. */
  readonly #room: number[];
  /** Those who go; undefined where amounts alone count. */
  readonly #gone: Set<Task> | undefined;

  constructor(session: Session, node: number, preemptor: Preemptor, needsPreemptive: boolean) {
    this.#session = session;
    this.#node = node;
    this.#preemptor = preemptor;
    this.#needsPreemptive = needsPreemptive;
    this.#freed = new FreedByVictims(session.snapshot);
    const { nodes } = session.snapshot;
    const { resources } = preemptor.task.class;
    this.#room = [];
    for (let i = 0; i < resources.length; i += 1) this.#room.push(nodes.future(node, resources[i] ?? 0));
    const { task, picker } = preemptor;
    const mindsWhoGoes = picker.mindsWhoGoes || task.class.shape.hostPorts.length > 0;
    this.#gone = mindsWhoGoes ? new Set() : undefined;
  }

  take(victim: Task): void {
    this.#move(victim, 1);
  }

  /** Takes the victim back if all is well without it. */
  spares(victim: Task): boolean {
    if (victim.nodeIx === this.#node && !this.#hasRoomBeside(victim)) return false;
    this.#move(victim, -1);
    if (this.holds()) return true;
    this.#move(victim, 1);
    return false;
  }

  /** There is room with the victim as well. */
  #hasRoomBeside({ class: held }: Task): boolean {
    const { resources, amounts } = this.#preemptor.task.class;
    for (let i = 0; i < resources.length; i += 1) {
      if ((this.#room[i] ?? 0) - held.amountOf(resources[i] ?? 0) < (amounts[i] ?? 0)) return false;
    }
    return true;
  }

  hasRoom(): boolean {
    const { nodes } = this.#session.snapshot;
    const { resources, amounts } = this.#preemptor.task.class;
    for (let i = 0; i < resources.length; i += 1) {
      if (!nodes.offers(resources[i] ?? 0) || (this.#room[i] ?? 0) < (amounts[i] ?? 0)) return false;
    }
    return true;
  }

  holds(): boolean {
    const { task, job, queue } = this.#preemptor;
    const { framework } = this.#session;
    if (!this.hasRoom()) return false;
    if (this.#gone !== undefined && !this.#isOpenWithout(this.#gone)) return false;
    if (this.#needsPreemptive && !framework.victims.isPreemptive(queue, task)) return false;
    const mayHave = framework.allocatable(queue, task, job, this.#freed) === undefined;
    if (!mayHave) this.wasShortOfRights = true;
    return mayHave;
  }

  #isOpenWithout(gone: ReadonlySet<Task>): boolean {
    const { task, picker } = this.#preemptor;
    const { hostPorts } = task.class.shape;
    return (
      portsFreeWithout(this.#session.snapshot, this.#node, hostPorts, gone) && picker.allowsWithout(this.#node, gone)
    );
  }

  #move(victim: Task, sign: 1 | -1): void {
    this.#freed.add(victim, sign);
    if (sign === 1) this.#gone?.add(victim);
    else this.#gone?.delete(victim);
    if (victim.nodeIx !== this.#node) return;
    const { resources, amounts } = victim.class;
    const wanted = this.#preemptor.task.class.resources;
    for (let i = 0; i < resources.length; i += 1) {
      const at = wanted.indexOf(resources[i] ?? -1);
      if (at >= 0) this.#room[at] = (this.#room[at] ?? 0) + sign * (amounts[i] ?? 0);
    }
  }
}
