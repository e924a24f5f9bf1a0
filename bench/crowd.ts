import { objectAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { ControlPlane } from '../test/control-plane/launch.ts';
import { BENCH_NAMESPACE, creatorConnection } from './e2e-plane.ts';
import type { PodStyle } from './e2e-link.ts';
import { podGroupObject, podGroupsPath, podObject } from './gang-object.ts';
import type { PodPlace } from './gang-object.ts';
import { GangWatch } from './gang-watch.ts';
import { RequestClient } from './request-client.ts';

/** Gangs of one kind. */
export interface Band {
  readonly prefix: string;
  readonly gangs: number;
  readonly queue?: string;
  readonly priorityClassName?: string;
}

const PODS_PATH = `/api/v1/namespaces/${BENCH_NAMESPACE}/pods`;
const PRIORITIES = { low: 10, high: 1000 } as const;
/** Nobody is there who would end a container: what is deleted is gone at once. */
const AT_ONCE = { terminationGracePeriodSeconds: 0 };

/** Gangs of one contender, made and followed. */
export class Crowd {
  readonly #plane: ControlPlane;
  readonly #style: PodStyle;
  readonly #podsPerGang: number;
  readonly #connections: number;
  readonly #client: RequestClient;
  readonly #watch: GangWatch;
  /** Deletions under way. */
  readonly #ending: Promise<unknown>[] = [];
  readonly #failed = Promise.withResolvers<never>();
  #endsWhenWhole = false;
  #whole = 0;
  #gone = 0;
  #created = 0;
  #wanted = Infinity;
  #reached = Promise.withResolvers<void>();

  constructor(plane: ControlPlane, style: PodStyle, podsPerGang: number, connections: number) {
    this.#plane = plane;
    this.#style = style;
    this.#podsPerGang = podsPerGang;
    this.#connections = connections;
    this.#failed.promise.catch(() => undefined);
    this.#client = new RequestClient(creatorConnection(plane), connections);
    this.#watch = new GangWatch(this.#client, BENCH_NAMESPACE, podsPerGang, {
      onWhole: (gang) => this.#onWhole(gang),
      onGone: () => (this.#gone += 1),
    });
  }

  /** Gangs that were whole once. */
  get whole(): number {
    return this.#whole;
  }

  /** Pods that were made. */
  get created(): number {
    return this.#created;
  }

  /** Pods that had a node, and are gone. */
  get gone(): number {
    return this.#gone;
  }

  /** Gangs of which a part has its nodes, and the rest not. */
  get broken(): number {
    return this.#watch.broken;
  }

  /** Classes and queues, and the watch. */
  async open({ endsWhenWhole, queues = [] }: { endsWhenWhole: boolean; queues?: readonly string[] }): Promise<void> {
    this.#endsWhenWhole = endsWhenWhole;
    for (const [name, value] of Object.entries(PRIORITIES)) {
      const body = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value };
      await this.#client.create('/apis/scheduling.k8s.io/v1/priorityclasses', body);
    }
    for (const name of queues) {
      const body = {
        apiVersion: 'scheduling.volcano.sh/v1beta1',
        kind: 'Queue',
        metadata: { name },
        spec: { weight: 1 },
      };
      await this.#client.create('/apis/scheduling.volcano.sh/v1beta1/queues', body);
    }
    await this.#watch.start();
  }

  /** Gang after gang, the group first, over all connections. */
  async create(band: Band): Promise<void> {
    const tasks = this.#tasks(band);
    const lane = async (): Promise<void> => {
      for (const task of tasks) await task();
    };
    await Promise.all(Array.from({ length: this.#connections }, lane));
  }

  /** True once so many gangs have been whole; false when that takes too long. */
  async wholeWithin(patienceMs: number, gangs: number): Promise<boolean> {
    this.#wanted = gangs;
    this.#reached = Promise.withResolvers<void>();
    if (this.#whole >= gangs) return true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), patienceMs)));
    try {
      return await Promise.race([
        this.#reached.promise.then(() => true),
        late,
        this.#watch.failed,
        this.#failed.promise,
      ]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for what it has asked for. */
  async close(): Promise<void> {
    this.#watch.stop();
    await Promise.all(this.#ending);
    await this.#client.close();
  }

  *#tasks({ prefix, gangs, ...place }: Band): Generator<() => Promise<void>, void> {
    const hasGroup = this.#style !== 'plain';
    for (let index = 0; index < gangs; index += 1) {
      const at: PodPlace = {
        namespace: BENCH_NAMESPACE,
        gang: `${prefix}-${String(index).padStart(4, '0')}`,
        ...place,
      };
      const group = Promise.withResolvers<string>();
      if (hasGroup) yield async () => group.resolve(await this.#createGroup(at));
      else group.resolve('');
      for (let pod = 0; pod < this.#podsPerGang; pod += 1) {
        yield async () => this.#createPod({ ...at, groupUid: await group.promise }, pod);
      }
    }
  }

  #createGroup(place: PodPlace): Promise<string> {
    const object = podGroupObject(place, this.#podsPerGang, this.#style);
    return this.#client.createForUid(podGroupsPath(place.namespace, this.#style), object);
  }

  #createPod(place: PodPlace, index: number): Promise<void> {
    this.#created += 1;
    const pod: JsonObject = podObject(place, `${place.gang}-${String(index).padStart(5, '0')}`, this.#style);
    return this.#client.create(PODS_PATH, { ...pod, spec: { ...objectAt(pod, 'spec'), ...AT_ONCE } });
  }

  #onWhole(gang: string): void {
    this.#whole += 1;
    if (this.#endsWhenWhole) {
      const deleted = this.#plane.client.request('DELETE', `${PODS_PATH}?labelSelector=gang%3D${gang}`);
      this.#ending.push(deleted.catch((error: unknown) => this.#failed.reject(error)));
    }
    if (this.#whole >= this.#wanted) this.#reached.resolve();
  }
}
