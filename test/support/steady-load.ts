import { seededRandom } from '../../bench/random.ts';
import { podWith } from '../../src/api/records/stored-pod.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { makePod, makeShape } from './records.ts';
import { amounts, SchedulerWorld } from './scheduler-world.ts';

/** A queue of the load; all amounts in whole CPUs. */
export interface LoadQueue {
  readonly name: string;
  /** Empty at the top. */
  readonly parent: string;
  /** By weight, or what it declares: whichever the policy goes by. */
  readonly part: number;
  /** What it holds and waits for together is kept at that; Infinity: there is always more work than it can start. */
  readonly wants: number;
  readonly capability?: number;
  readonly guarantee?: number;
}

const MINUTE_MS = 60_000;
/** Of a queue that always wants more; above what any of them could start in a minute. */
const WAITING_CPUS = 240;

/**
 * A cluster in simulated time, a cycle a minute: groups of random size and run time come as their queues want, pods end,
 * and what was decided is carried out at once. An evicted pod is made again.
 */
export class SteadyLoad {
  readonly #world: SchedulerWorld;
  readonly #queues: readonly LoadQueue[];
  readonly #random: () => number;
  readonly #waiting = new Map<string, number>();
  readonly #held = new Map<string, number>();
  /** Pods that have their place, by the minute in which they end. */
  readonly #endings = new Map<number, Set<string>>();
  /** Left of each group before the last of its pods has ended. */
  readonly #members = new Map<string, number>();
  #minute = 0;
  #made = 0;

  constructor(
    policy: SchedulerPolicy,
    queues: readonly LoadQueue[],
    options: { nodes: number; cpus: number; seed: number },
  ) {
    this.#world = new SchedulerWorld(policy).nodes(options.nodes, amounts(options.cpus));
    this.#queues = queues;
    this.#random = seededRandom(options.seed);
    for (const { name, parent, part, capability, guarantee } of queues) {
      const lists = { capability: cpusOf(capability), guarantee: cpusOf(guarantee) };
      const goesByWeight = policy.tiers.flat().some((each) => each.name === 'proportion');
      const rights = goesByWeight ? { weight: part } : { deserved: cpusOf(part) };
      this.#world.queue(name, { ...lists, ...rights, parent: parent === '' ? 'root' : parent });
    }
  }

  /** CPUs that the pods of the queue's own groups hold now. */
  held(queue: string): number {
    return this.#held.get(queue) ?? 0;
  }

  live(): void {
    this.#minute += 1;
    this.#world.nowMs = this.#minute * MINUTE_MS;
    this.#end();
    for (const queue of this.#queues) this.#come(queue);
    const { decisions } = this.#world.cycle();
    for (const decision of decisions) {
      if (decision.kind === 'evict') this.#evict(decision.uid);
      if (decision.kind !== 'gang') continue;
      for (const { uid, node } of decision.binds) this.#start(uid, node);
    }
  }

  #come({ name, wants }: LoadQueue): void {
    for (;;) {
      const waiting = this.#waiting.get(name) ?? 0;
      const left = wants === Infinity ? WAITING_CPUS - waiting : wants - this.held(name) - waiting;
      if (left <= 0) return;
      this.#submit(name, left);
    }
  }

  /** One to four pods of one to three CPUs, of which some or all must start together, or one of what is left. */
  #submit(queue: string, most: number): void {
    const { snapshot } = this.#world;
    const cpus = Math.min(most, this.#upTo(3));
    const count = Math.min(Math.floor(most / cpus), this.#upTo(4));
    const name = `g${(this.#made += 1)}`;
    const minMember = this.#upTo(count);
    const minResources = this.#upTo(2) === 1 ? new Map([['cpu', minMember * cpus * 1000]]) : undefined;
    this.#world.group(name, minMember, { queue, createdMs: this.#minute * MINUTE_MS, minResources });
    this.#members.set(name, count);
    const shape = makeShape(amounts(cpus));
    for (let i = 0; i < count; i += 1) {
      snapshot.upsertTask(makePod(`${name}-${i}`, name, shape, { queue, createdMs: this.#made }));
    }
    add(this.#waiting, queue, count * cpus);
  }

  #start(uid: string, node: string): void {
    const task = this.#world.snapshot.tasks.get(uid);
    if (task === undefined) throw new Error(`no task ${uid}`);
    const { record } = task;
    this.#world.snapshot.upsertTask(podWith(record, { nodeName: node, phase: 'Running' }));
    add(this.#waiting, record.queue, -cpusAsked(record));
    add(this.#held, record.queue, cpusAsked(record));
    const until = this.#minute + 9 + this.#upTo(40);
    const ending = this.#endings.get(until) ?? new Set();
    this.#endings.set(until, ending.add(uid));
  }

  /** Pods end well, and a group whose last pod has ended goes with all of them. */
  #end(): void {
    const { snapshot } = this.#world;
    for (const uid of this.#endings.get(this.#minute) ?? []) {
      const task = snapshot.tasks.get(uid);
      if (task === undefined) continue;
      const { record } = task;
      add(this.#held, record.queue, -cpusAsked(record));
      snapshot.upsertTask(podWith(record, { phase: 'Succeeded' }));
      const left = (this.#members.get(record.group) ?? 0) - 1;
      this.#members.set(record.group, left);
      if (left === 0) this.#dismiss(record.group);
    }
    this.#endings.delete(this.#minute);
  }

  #dismiss(group: string): void {
    const { snapshot } = this.#world;
    this.#members.delete(group);
    const uids = [...(snapshot.jobs.get(`ns/${group}`)?.tasks.values() ?? [])].map((task) => task.uid);
    snapshot.removeJob(`ns/${group}`);
    for (const uid of uids) snapshot.removeTask(uid);
  }

  #evict(uid: string): void {
    const { snapshot } = this.#world;
    const record = snapshot.tasks.get(uid)?.record;
    if (record === undefined) return;
    snapshot.removeTask(uid);
    add(this.#held, record.queue, -cpusAsked(record));
    add(this.#waiting, record.queue, cpusAsked(record));
    const name = `again-${(this.#made += 1)}`;
    snapshot.upsertTask(
      podWith(record, { key: `ns/${name}`, name, uid: `uid-${name}`, nodeName: '', phase: 'Pending' }),
    );
  }

  /** A whole number from 1 to `most`. */
  #upTo(most: number): number {
    return 1 + Math.floor(this.#random() * most);
  }
}

function cpusOf(cpus: number | undefined): ReadonlyMap<string, number> | undefined {
  return cpus === undefined ? undefined : new Map([['cpu', cpus * 1000]]);
}

function cpusAsked({ shape }: { readonly shape: { readonly requests: ReadonlyMap<string, number> } }): number {
  return (shape.requests.get('cpu') ?? 0) / 1000;
}

function add(sums: Map<string, number>, key: string, by: number): void {
  sums.set(key, (sums.get(key) ?? 0) + by);
}
