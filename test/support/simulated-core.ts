import { podWith } from '../../src/api/records/stored-pod.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { Heap } from '../../src/lib/heap.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import type { Decision } from '../../src/scheduler/session/decision.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from './records.ts';

/** A gang of equal pods that comes at a time and runs for a time, in milliseconds. */
export interface SimulatedJob {
  readonly name: string;
  readonly submitMs: number;
  readonly runMs: number;
  /** How long its owner says that it runs; 0 for no word. */
  readonly estimateMs: number;
  readonly pods: number;
  /** What each pod asks for. */
  readonly requests: Readonly<Record<string, number>>;
  readonly queue?: string;
}

interface RunningJob {
  readonly job: SimulatedJob;
  readonly endMs: number;
}

/** What happened in a cycle, at its time. */
export type OnCycle = (nowMs: number, decisions: readonly Decision[]) => void;

/** With nothing more to happen, so long until somebody looks again. */
const LOOK_AGAIN_MS = 60_000;

/**
 * The core over a cluster in simulated time: a cycle follows whenever jobs come or end, all events of an instant first, and
 * what is bound runs at once.
 */
export class SimulatedCore {
  readonly snapshot = new Snapshot();
  readonly #scheduler: Scheduler;
  readonly #onCycle: OnCycle;
  readonly #jobs = new Map<string, SimulatedJob>();
  readonly #pods = new Map<string, PodRecord>();
  readonly #running = new Heap<RunningJob>([], (a, b) => a.endMs - b.endMs || (a.job.name < b.job.name ? -1 : 1));
  /** When each job started. */
  readonly starts = new Map<string, number>();

  constructor(policy: SchedulerPolicy, nodes: readonly Readonly<Record<string, number>>[], onCycle: OnCycle = nothing) {
    this.#scheduler = new Scheduler(this.snapshot, policy);
    this.#onCycle = onCycle;
    this.snapshot.upsertQueue(makeQueue('default'));
    nodes.forEach((allocatable, n) => {
      this.snapshot.upsertNode(makeNode(`n${String(n).padStart(5, '0')}`, allocatable));
    });
  }

  /** Plays the jobs, told in the order in which they come, until all have started or `untilMs` is reached. */
  run(jobs: readonly SimulatedJob[], untilMs = Infinity): void {
    const submitMs = (job: number): number => jobs[job]?.submitMs ?? Infinity;
    let next = 0;
    let nowMs = submitMs(0);
    while (this.starts.size < jobs.length && nowMs <= untilMs) {
      for (; submitMs(next) <= nowMs; next += 1) this.#submit(jobs[next] as SimulatedJob);
      while (this.#nextEndMs() <= nowMs) this.#end(this.#running.pop()?.job);
      this.#cycle(nowMs);
      const event = Math.min(submitMs(next), this.#nextEndMs());
      nowMs = event === Infinity ? nowMs + LOOK_AGAIN_MS : event;
    }
  }

  #nextEndMs(): number {
    return this.#running.peek()?.endMs ?? Infinity;
  }

  #cycle(nowMs: number): void {
    const decisions = [...this.#scheduler.cycle({ nowMs })];
    for (const decision of decisions) {
      if (decision.kind !== 'gang') continue;
      for (const { uid, node } of decision.binds) this.#start(uid, node, nowMs);
      const job = this.#jobs.get(decision.group);
      if (job === undefined || this.starts.has(job.name)) continue;
      this.starts.set(job.name, nowMs);
      this.#running.push({ job, endMs: nowMs + job.runMs });
    }
    this.#onCycle(nowMs, decisions);
  }

  #submit(job: SimulatedJob): void {
    const { name, submitMs, estimateMs, pods, requests, queue = 'default' } = job;
    const shape = makeShape(requests);
    const minResources = new Map(Object.entries(requests).map(([r, amount]) => [r, amount * pods]));
    this.#jobs.set(`ns/${name}`, job);
    this.snapshot.upsertJob(makePodGroup(name, pods, { queue, createdMs: submitMs, minResources }));
    for (let p = 0; p < pods; p += 1) {
      const pod = makePod(`${name}-${p}`, name, shape, { queue, createdMs: submitMs, runMs: estimateMs });
      this.#pods.set(pod.uid, pod);
      this.snapshot.upsertTask(pod);
    }
  }

  #start(uid: string, nodeName: string, startedMs: number): void {
    const pod = this.#pods.get(uid);
    if (pod !== undefined) this.snapshot.upsertTask(podWith(pod, { nodeName, phase: 'Running', startedMs }));
  }

  #end(job: SimulatedJob | undefined): void {
    if (job === undefined) return;
    for (let p = 0; p < job.pods; p += 1) {
      const uid = `uid-${job.name}-${p}`;
      this.snapshot.removeTask(uid);
      this.#pods.delete(uid);
    }
    this.snapshot.removeJob(`ns/${job.name}`);
    this.#jobs.delete(`ns/${job.name}`);
  }
}

function nothing(): void {
  // Where jobs start is all that is asked.
}
