import type { Job } from '../model/job.ts';
import { bundlesOf, isStanding, standingTasks, unitsOf } from '../model/bundles.ts';
import { disruptionsAllowed } from '../model/job-budget.ts';
import type { Task } from '../model/task.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { RevocableZones } from './revocable-zones.ts';

/** Of each job in each period, when its PodGroup does not say how many may go. */
const DEFAULT_DISRUPTIONS = 1;

/** Who has to leave zones that are closed: from each job a few at a time. */
export class ZoneDepartures {
  readonly #snapshot: Snapshot;
  readonly #zones: RevocableZones;
  readonly #periodMs: number;
  /** When some of the job were named last. */
  readonly #named = new WeakMap<Job, number>();

  constructor(snapshot: Snapshot, zones: RevocableZones, periodMs: number) {
    this.#snapshot = snapshot;
    this.#zones = zones;
    this.#periodMs = periodMs;
  }

  /** Some pod has to leave that may be named now. O(nodes + tasks in closed zones). */
  isDue(nowMs: number): boolean {
    return [...this.#occupants()].some((job) => this.#dueMs(job) <= nowMs);
  }

  /** When one has to leave that may not be named yet. */
  nextDueMs(nowMs: number): number | undefined {
    const times = [...this.#occupants()].map((job) => this.#dueMs(job)).filter((ms) => ms > nowMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Of the tasks, worst first, those that are to leave now. */
  name(running: readonly Task[], nowMs: number): readonly Task[] {
    const closed = this.#zones.nodesBut(this.#zones.open);
    const leaving = running.filter((task) => closed.has(task.nodeIx) && task.class.shape.isRevocable);
    return [...Map.groupBy(leaving, ({ job }) => job)].flatMap(([job, tasks]) => {
      if (job === undefined || this.#dueMs(job) > nowMs) return [];
      const named = some(job, tasks);
      if (named.length > 0) this.#named.set(job, nowMs);
      return named;
    });
  }

  #dueMs(job: Job): number {
    return (this.#named.get(job) ?? -Infinity) + this.#periodMs;
  }

  /** Jobs with pods in closed zones that only use them while they are open. */
  #occupants(): ReadonlySet<Job> {
    const jobs = new Set<Job>();
    const closed = this.#zones.nodesBut(this.#zones.open);
    if (closed.isEmpty()) return jobs;
    const { nodes, nodeTasks } = this.#snapshot;
    for (let node = 0; node < nodes.count; node += 1) {
      if (!closed.has(node)) continue;
      for (let task = nodeTasks.first(node); task !== undefined; task = task.nextOnNode) {
        if (task.job !== undefined && task.class.shape.isRevocable && isStanding(task)) jobs.add(task.job);
      }
    }
    return jobs;
  }
}

/** What the gang can spare, as far as pods may go; one that can spare nobody leaves as a whole, and counts as one. */
function some(job: Job, tasks: readonly Task[]): readonly Task[] {
  const allowed = disruptionsAllowed(job);
  const spared = unitsOf(bundlesOf(tasks));
  if (spared.length > 0) return first(spared, allowed);
  const all = standingTasks(job) ?? [];
  return allowed === undefined || all.length <= allowed ? all : [];
}

/** As many as may go at a time; where nobody said how many, a part of a gang counts as one. */
function first(units: readonly (readonly Task[])[], allowed: number | undefined): readonly Task[] {
  if (allowed === undefined) return units.slice(0, DEFAULT_DISRUPTIONS).flat();
  const going: Task[] = [];
  for (const unit of units) if (going.length + unit.length <= allowed) going.push(...unit);
  return going;
}
