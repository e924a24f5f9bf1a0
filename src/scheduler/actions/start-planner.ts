import { joined } from '../../lib/joined.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import { amountOf } from '../ledger/start-plans.ts';
import type { Amounts, StartPlan } from '../ledger/start-plans.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { runTimeMs } from '../model/run-time.ts';
import type { TaskClass } from '../model/task-class.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import { nextTask, startingTasks } from './needed-first.ts';
import { Releases } from './releases.ts';
import { earliestStart } from './start-search.ts';
import type { Start } from './start-search.ts';

/** How many groups get a planned start; none by default. */
const PLANNED_STARTS = 0;
/** Seconds within which a start is planned: a day. */
const PLAN_WITHIN_SECONDS = 86_400;

/**
 * Backfilling: the first groups that lack room get a planned start, the earliest at which they fit as the owners of what runs
 * say, and those that come after them get only room that does not delay it: what they give back before, or what is left
 * over then. With one planned group this is EASY backfilling (Lifka 1995), with more it comes near conservative backfilling
 * (Mu'alem and Feitelson 2001): what an earlier plan needs is not there for a later one at any time before that one has ended.
 * A plan costs what `earliestStart` does; each group after it O(nodes of the plans x resources).
 */
export class StartPlanner {
  readonly #session: Session;
  readonly #most: number;
  readonly #withinMs: number;
  readonly #texts = new Map<StartPlan, string>();
  #releases: Releases | undefined;

  constructor(session: Session) {
    const options = session.framework.actionArguments('allocate');
    this.#session = session;
    this.#most = numberArgument(options, 'plannedStarts', PLANNED_STARTS);
    this.#withinMs = 1000 * numberArgument(options, 'planWithinSeconds', PLAN_WITHIN_SECONDS);
  }

  /** The job's turn comes: until it is over what plans keep is free to it, if it has ended before they start. */
  open(job: Job): void {
    const { startPlans } = this.#session.snapshot;
    if (startPlans.plans.length === 0) return;
    const endMs = this.#endMs(job);
    if (this.#keptFrom(job, endMs, true) !== undefined) startPlans.lift(endMs);
  }

  /** No start is ever planned, and none stands in anybody's way. */
  get isIdle(): boolean {
    return this.#most === 0;
  }

  close(): void {
    this.#session.snapshot.startPlans.recharge();
  }

  /** The job got nothing: it gets a planned start, or is told whose keeps it from room. */
  refused(job: Job, queue: Queue): void {
    const { refusal } = job;
    const { plans } = this.#session.snapshot.startPlans;
    if (this.#most === 0 || refusal === undefined || !isPlannable(refusal) || !lacksAll(job)) return;
    if (plans.length < this.#most && this.#plan(job, queue, refusal)) return;
    if (plans.length === 0 || refusal.code !== 'NotEnoughResources') return;
    const endMs = this.#endMs(job);
    const holder = this.#keptFrom(job, endMs, false);
    if (holder !== undefined) this.#session.refuse(job, heldBy(refusal, this.#textOf(holder), endMs));
  }

  /** When the job's planned start is, milliseconds since 1970; undefined when it has none. */
  startOf(job: Job): number | undefined {
    return this.#session.snapshot.startPlans.plans.find((plan) => plan.job === job)?.startMs;
  }

  #plan(job: Job, queue: Queue, refusal: Refusal): boolean {
    const { framework, snapshot, facts } = this.#session;
    const releases = (this.#releases ??= new Releases(snapshot, facts.nowMs));
    const tasks = startingTasks(job, framework);
    const start = earliestStart(this.#session, { job, queue, tasks }, releases, facts.nowMs + this.#withinMs);
    if (start === undefined) return false;
    const startMs = releases.timeAt(start.time);
    snapshot.startPlans.add({ job, startMs, kept: keptRoom(releases, tasks, start) }, placesOf(tasks, start));
    releases.add(
      tasks.map((task, i) => {
        const endMs = startMs + runTimeMs(task);
        return { endMs, node: start.nodes[i] ?? 0, amounts: task.class, queue: undefined };
      }),
    );
    const nodes = [...new Set(start.nodes)].map((node) => snapshot.nodes.records[node]?.name ?? '');
    this.#session.refuse(job, planned(refusal, this.#when(startMs), nodes));
    return true;
  }

  /** When all its waiting tasks have ended if they start now; Infinity when nobody says so. O(tasks). */
  #endMs({ tasks }: Job): number {
    let most = 0;
    for (let task = tasks.first; task !== undefined; task = task.nextInJob) {
      if (task.status === TaskStatus.Pending) most = Math.max(most, runTimeMs(task));
    }
    return this.#session.facts.nowMs + most;
  }

  /**
   * The first of the plans that start once the job has ended, or before that, without whose rooms some node would take the
   * job's next task. O(nodes of the plans x resources x plans), without garbage: each group that waits is asked.
   */
  #keptFrom(job: Job, endMs: number, isEndedBefore: boolean): StartPlan | undefined {
    const { snapshot, framework } = this.#session;
    const next = nextTask(job, framework);
    if (next === undefined) return undefined;
    for (const plan of snapshot.startPlans.plans) {
      if (plan.startMs >= endMs !== isEndedBefore) continue;
      for (const node of plan.kept.keys()) {
        if (snapshot.nodes.fits(node, next.class)) continue;
        if (this.#fits(node, next.class, endMs, isEndedBefore) && framework.picker(next).allows(node)) return plan;
      }
    }
    return undefined;
  }

  #fits(node: number, { resources, amounts }: TaskClass, endMs: number, isEndedBefore: boolean): boolean {
    const { nodes, startPlans } = this.#session.snapshot;
    for (let i = 0; i < resources.length; i += 1) {
      const resource = resources[i] ?? 0;
      let room = nodes.available[resource]?.[node] ?? 0;
      for (const { startMs, kept } of startPlans.plans) {
        if (startMs >= endMs === isEndedBefore) room += amountOf(kept.get(node), resource);
      }
      if (room < (amounts[i] ?? 0)) return false;
    }
    return true;
  }

  /** The plan in words, made once for all that it keeps from room. */
  #textOf(plan: StartPlan): string {
    const text =
      this.#texts.get(plan) ?? `PodGroup ${plan.job.key}, which is planned to start ${this.#when(plan.startMs)}`;
    this.#texts.set(plan, text);
    return text;
  }

  /** What should have ended by now and has not gives no time. */
  #when(startMs: number): string {
    return startMs > this.#session.facts.nowMs
      ? `by ${minuteText(startMs)}, when enough of what runs there has ended`
      : 'as soon as what has run for longer than its owner said has ended';
  }
}

/** It cannot start, and nothing is promised to it. */
function lacksAll(job: Job): boolean {
  return job.missing() > 0 && job.count(TaskStatus.Allocated) + job.count(TaskStatus.Pipelined) === 0;
}

/** It may start when others have ended; what its queue may have then is looked at as well. */
function isPlannable({ code }: Refusal): boolean {
  return code === 'NotEnoughResources' || code === 'QueueLimit';
}

/** What of the room that is free now the tasks need at their start: what is released by then serves them first. */
function keptRoom(releases: Releases, tasks: readonly Task[], { time, nodes }: Start): Map<number, Amounts> {
  const needed = new Map<number, Map<number, number>>();
  tasks.forEach(({ class: { resources, amounts } }, i) => {
    const node = nodes[i] ?? 0;
    const ofNode = needed.get(node) ?? new Map<number, number>();
    needed.set(node, ofNode);
    resources.forEach((r, at) => ofNode.set(r, (ofNode.get(r) ?? 0) + (amounts[at] ?? 0)));
  });
  const all = new Set([...needed.values()].flatMap((ofNode) => [...ofNode.keys()]));
  const releasedOf = new Map([...all].map((r) => [r, releases.released(time, r)]));
  const kept = new Map<number, Amounts>();
  for (const [node, ofNode] of needed) {
    const left = [...ofNode].map(([r, amount]) => {
      const released = Math.min(amount, releasedOf.get(r)?.[node] ?? 0);
      releases.speakFor(node, r, released);
      return [r, amount - released] as const;
    });
    const some = left.filter(([, amount]) => amount > 0);
    const [resources, amounts] = [some.map(([r]) => r), some.map(([, amount]) => amount)];
    kept.set(node, { resources: Int32Array.from(resources), amounts: Float64Array.from(amounts) });
  }
  return kept;
}

function placesOf(tasks: readonly Task[], { nodes }: Start): (readonly [Task, number])[] {
  return tasks.map((task, i) => [task, nodes[i] ?? 0]);
}

function planned({ message }: Refusal, when: string, nodes: readonly string[]): Refusal {
  return { code: 'StartPlanned', message: `${message} It is planned to start on ${joined(nodes)} ${when}.` };
}

function heldBy({ message }: Refusal, plan: string, endMs: number): Refusal {
  const why = endMs === Infinity ? 'nobody says how long this group runs' : 'this group would run for longer';
  return { code: 'RoomPlanned', message: `${message} Room is kept for ${plan}, and ${why}.` };
}

/** To the minute, rounded up: a condition is not to be written anew for each second. */
function minuteText(ms: number): string {
  return `${new Date(Math.ceil(ms / MINUTE_MS) * MINUTE_MS).toISOString().slice(0, 16)}Z`;
}

const MINUTE_MS = 60_000;
