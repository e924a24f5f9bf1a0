import { DEFAULT_POLICY } from '../src/config/policy.ts';
import { podWith } from '../src/api/records/stored-pod.ts';
import type { PodRecord } from '../src/api/records/pod-record.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import { seededRandom } from './random.ts';
import type { CoreLoadSettings } from './webhook-link.ts';

interface Gang {
  readonly key: string;
  readonly pods: readonly PodRecord[];
}

const SMALLEST_GANG = 8;
const LARGEST_GANG = 256;
const KIB_PER_GIB = 1024 * 1024;

/** A cluster in which gangs come and go: the core's work of a busy day, without the engine's reading and writing. */
export class CoreLoad {
  readonly #snapshot = new Snapshot();
  readonly #scheduler = new Scheduler(this.#snapshot, DEFAULT_POLICY);
  readonly #shape = makeShape({ cpu: 1000, memory: 2 * KIB_PER_GIB });
  readonly #random = seededRandom(1);
  readonly #byUid = new Map<string, PodRecord>();
  readonly #churn: number;
  /** In the order in which they came; those before `#oldest` have ended. */
  readonly #gangs: Gang[] = [];
  #oldest = 0;
  #placed = 0;

  constructor({ nodes, pods, churn }: Pick<CoreLoadSettings, 'nodes' | 'pods' | 'churn'>) {
    this.#churn = churn;
    this.#snapshot.upsertQueue(makeQueue('default'));
    for (let node = 0; node < nodes; node += 1) {
      const name = `node-${String(node).padStart(5, '0')}`;
      this.#snapshot.upsertNode(makeNode(name, { cpu: 32_000, memory: 128 * KIB_PER_GIB }));
    }
    this.#arrive(pods);
    this.#decide();
  }

  /** Pods placed so far. */
  get placed(): number {
    return this.#placed;
  }

  /** Some gangs end, as many pods come, one cycle decides, and the bindings are seen. */
  step(): void {
    for (let ended = 0; ended < this.#churn;) ended += this.#endOldest();
    this.#arrive(this.#churn);
    this.#decide();
  }

  #endOldest(): number {
    const gang = this.#gangs[this.#oldest];
    if (gang === undefined) return this.#churn;
    this.#oldest += 1;
    for (const pod of gang.pods) {
      this.#snapshot.removeTask(pod.uid);
      this.#byUid.delete(pod.uid);
    }
    this.#snapshot.removeJob(gang.key);
    return gang.pods.length;
  }

  #arrive(pods: number): void {
    for (let arrived = 0; arrived < pods;) {
      const size = SMALLEST_GANG + Math.floor(this.#random() * (LARGEST_GANG - SMALLEST_GANG));
      arrived += this.#arriveGang(Math.min(size, Math.max(SMALLEST_GANG, pods - arrived)));
    }
  }

  #arriveGang(size: number): number {
    const name = `gang-${String(this.#gangs.length).padStart(8, '0')}`;
    const minResources = new Map([
      ['cpu', 1000 * size],
      ['memory', 2 * KIB_PER_GIB * size],
    ]);
    const group = makePodGroup(name, size, { minResources, createdMs: this.#gangs.length });
    this.#snapshot.upsertJob(group);
    const pods = Array.from({ length: size }, (_, index) => makePod(`${name}-${index}`, name, this.#shape));
    for (const pod of pods) {
      this.#snapshot.upsertTask(pod);
      this.#byUid.set(pod.uid, pod);
    }
    this.#gangs.push({ key: group.key, pods });
    return size;
  }

  #decide(): void {
    for (const decision of this.#scheduler.cycle({ nowMs: 0 })) {
      if (decision.kind !== 'gang') continue;
      for (const { uid, node } of decision.binds) {
        const pod = this.#byUid.get(uid);
        if (pod !== undefined) this.#snapshot.upsertTask(podWith(pod, { nodeName: node, phase: 'Running' }));
      }
      this.#placed += decision.binds.length;
    }
  }
}
