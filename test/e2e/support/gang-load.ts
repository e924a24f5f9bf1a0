import { setTimeout as sleep } from 'node:timers/promises';
import { GROUP_MIN_MEMBER_ANNOTATION, GROUP_NAME_ANNOTATION, QUEUE_NAME_LABEL } from '../../../src/api/keys.ts';
import { CORE_EVENTS, JOBS, POD_GROUPS, PODS, resourcePath } from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { KubeClient } from '../../control-plane/kube-client.ts';
import type { History, HistoryEvent } from './history.ts';
import { SeededRandom } from './random.ts';

/** On every pod of the load: the name of its gang. */
const GANG_LABEL = 'test.sluice.dev/gang';

/** One random workload. */
export interface Gang {
  readonly name: string;
  /** A plain Job; a PodGroup with pods that name it; pods that name a group and say how many must start together. */
  readonly form: 'job' | 'group' | 'named';
  readonly size: number;
  readonly min: number;
  readonly queue: string;
  readonly requests: Readonly<Record<string, string>>;
  /** Its pods may be evicted, and come back. */
  readonly priorityClassName?: string;
  readonly sleepSeconds: number;
  /** Since the start of the load. */
  readonly createAtMs: number;
  /** After its creation; undefined for the ones that run to their end. */
  readonly deleteAfterMs: number | undefined;
}

/** How many gangs, in which time, into which queues. */
export interface LoadShape {
  readonly seed: number;
  readonly gangs: number;
  readonly overMs: number;
  readonly queues: readonly [string, ...string[]];
  /** Gangs of these priority classes, as Jobs that come back when they are evicted; none may be evicted without. */
  readonly priorities?: readonly [string, ...string[]];
}

/** Where the gangs are created. */
interface Target {
  readonly client: Pick<KubeClient, 'request'>;
}

/** The gangs of a seed: the same every time. */
function randomGangs({ seed, gangs, overMs, queues, priorities }: LoadShape): readonly Gang[] {
  const random = new SeededRandom(seed);
  const isEvicting = priorities !== undefined;
  return Array.from({ length: gangs }, (_, index) => {
    const gpus = random.chance(0.3) ? random.between(1, 4) : 0;
    // With two queues that ask for all of the GPUs each is due half of them: a larger gang would wait for ever.
    const size = random.between(1, gpus > 1 ? Math.floor(20 / gpus) : 12);
    return {
      name: `gang-${index}`,
      form: isEvicting ? 'job' : random.pick(['job', 'job', 'job', 'group', 'named']),
      size,
      min: random.chance(0.4) ? random.between(1, size) : size,
      queue: random.pick(queues),
      requests: {
        cpu: `${random.between(2, 12) * 250}m`,
        memory: `${random.between(1, 16) * 256}Mi`,
        ...(gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {}),
      },
      ...(isEvicting ? { priorityClassName: random.pick(priorities) } : {}),
      sleepSeconds: isEvicting ? random.between(2, 6) : random.between(1, 2),
      createAtMs: Math.floor(random.fraction() * overMs),
      deleteAfterMs: random.chance(0.1) ? random.between(0, 4000) : undefined,
    };
  });
}

/** Creates the gangs over time as any client would, and knows from the history which of them have finished. */
export class GangLoad {
  readonly gangs: readonly Gang[];
  readonly #plane: Target;
  readonly #history: History;
  readonly #namespace: string;
  readonly #random: SeededRandom;
  readonly #open = new Map<string, Gang>();
  readonly #deleted = new Set<string>();
  /** UIDs of the pods that exist, and of those that succeeded, by gang. */
  readonly #living = new Map<string, Set<string>>();
  readonly #succeeded = new Map<string, Set<string>>();

  constructor(plane: Target, history: History, namespace: string, shape: LoadShape) {
    this.gangs = randomGangs(shape);
    this.#plane = plane;
    this.#history = history;
    this.#namespace = namespace;
    this.#random = new SeededRandom(shape.seed + 1);
    for (const gang of this.gangs) this.#open.set(gang.name, gang);
    history.listen((event) => this.#take(event));
  }

  /** Creates and deletes everything at its time; resolves when the last one is done. */
  async run(): Promise<void> {
    const startMs = performance.now();
    await Promise.all(this.gangs.map((gang) => this.#live(gang, startMs)));
  }

  /** Resolves once every gang has finished; tells where the others stand when they do not. */
  async finished(giveUpMs: number): Promise<void> {
    const isDone = (): true | undefined => (this.#open.size === 0 ? true : undefined);
    await this.#history.until('the end of every gang', isDone, giveUpMs).catch(async (error: unknown) => {
      const standings = await Promise.all([...this.#open.values()].map((gang) => this.#standing(gang)));
      throw new Error(standings.join('\n'), { cause: error });
    });
  }

  async #standing(gang: Gang): Promise<string> {
    const pods = this.#history
      .all(PODS)
      .filter((pod) => stringAt(pod, ['metadata', 'labels', GANG_LABEL]) === gang.name);
    const places = pods.map(
      (pod) => `${stringAt(pod, ['status', 'phase'])}@${stringAt(pod, ['spec', 'nodeName'], '-')}`,
    );
    const names = new Set(pods.map((pod) => stringAt(pod, ['metadata', 'annotations', GROUP_NAME_ANNOTATION])));
    const groups = [...names].map((name) => this.#history.get(POD_GROUPS, `${this.#namespace}/${name}`));
    const deleted = this.#deleted.has(gang.name) ? ', deleted' : '';
    const status = groups.map((group) => JSON.stringify({ ...objectAt(group, 'spec'), ...objectAt(group, 'status') }));
    const job = gang.form === 'job' ? `; job ${await this.#jobStatus(gang)}` : '';
    return `${JSON.stringify(gang)}${deleted}: pods ${places.join(' ')}; groups ${status.join(' ')}${job}`;
  }

  /** What its maker says: whether pods are missing because it makes none, or because they are refused. */
  async #jobStatus({ name }: Gang): Promise<string> {
    const { client } = this.#plane;
    const { body } = await client.request('GET', resourcePath(JOBS, this.#namespace, name));
    const named = `?fieldSelector=involvedObject.kind=Job,involvedObject.name=${name}`;
    const events = await client.request('GET', `${resourcePath(CORE_EVENTS, this.#namespace)}${named}`);
    const told = arrayAt(events.body, 'items').map((event) => stringAt(event, ['message']));
    return `${JSON.stringify(objectAt(body, 'status'))}; told ${JSON.stringify(told.slice(-5))}`;
  }

  async #live(gang: Gang, startMs: number): Promise<void> {
    await sleep(Math.max(0, startMs + gang.createAtMs - performance.now()));
    await this.#create(gang);
    if (gang.deleteAfterMs === undefined) return;
    await sleep(gang.deleteAfterMs);
    await this.#delete(gang);
    this.#deleted.add(gang.name);
    this.#settle(gang.name);
  }

  async #create(gang: Gang): Promise<void> {
    if (gang.form === 'job') {
      await this.#post(JOBS, jobOf(gang));
      return;
    }
    const pods = Array.from({ length: gang.size }, (_, index) => podOf(gang, index));
    const objects: (readonly [ResourceType, object])[] = pods.map((pod) => [PODS, pod]);
    if (gang.form === 'group') objects.push([POD_GROUPS, groupOf(gang)]);
    // People create pods before groups and groups before pods.
    await Promise.all(this.#random.shuffled(objects).map(([type, object]) => this.#post(type, object)));
  }

  async #delete(gang: Gang): Promise<void> {
    const { name, form } = gang;
    if (form === 'job') {
      await this.#remove(`${resourcePath(JOBS, this.#namespace, name)}?propagationPolicy=Background`);
      return;
    }
    // The pods of a form without a root are deleted by whoever made them; the group goes, too, as a person would do it.
    await this.#remove(
      `${resourcePath(PODS, this.#namespace)}?labelSelector=${encodeURIComponent(`${GANG_LABEL}=${name}`)}`,
    );
    await this.#remove(resourcePath(POD_GROUPS, this.#namespace, name));
  }

  async #post(type: ResourceType, object: object): Promise<void> {
    const { status, body } = await this.#plane.client.request('POST', resourcePath(type, this.#namespace), object);
    if (status !== 201)
      throw new Error(`${type.plural} could not be created: ${stringAt(body, ['message'], String(status))}`);
  }

  async #remove(path: string): Promise<void> {
    const { status, body } = await this.#plane.client.request('DELETE', path);
    if (status !== 200 && status !== 404) throw new Error(`${path}: ${stringAt(body, ['message'], String(status))}`);
  }

  #take({ kind, type, object }: HistoryEvent): void {
    const gang = kind === PODS.plural ? stringAt(object, ['metadata', 'labels', GANG_LABEL]) : '';
    if (gang === '') return;
    const uid = stringAt(object, ['metadata', 'uid']);
    if (type === 'DELETED') setOf(this.#living, gang).delete(uid);
    else setOf(this.#living, gang).add(uid);
    if (memberAt(object, 'status', 'phase') === 'Succeeded') setOf(this.#succeeded, gang).add(uid);
    this.#settle(gang);
  }

  #settle(name: string): void {
    const gang = this.#open.get(name);
    if (gang === undefined) return;
    const hasRun = setOf(this.#succeeded, name).size >= gang.size;
    const isGone = this.#deleted.has(name) && setOf(this.#living, name).size === 0;
    if (hasRun || isGone) this.#open.delete(name);
  }
}

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  let set = map.get(key);
  if (set === undefined) map.set(key, (set = new Set()));
  return set;
}

/** What is lost to others costs no retry, and its successors come after ten seconds. */
const COMES_BACK = {
  completionMode: 'Indexed',
  backoffLimitPerIndex: 100,
  podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] },
};

function jobOf(gang: Gang): object {
  const annotations = gang.min < gang.size ? { [GROUP_MIN_MEMBER_ANNOTATION]: String(gang.min) } : {};
  return {
    apiVersion: 'batch/v1',
    kind: JOBS.kind,
    metadata: { name: gang.name, labels: { [QUEUE_NAME_LABEL]: gang.queue }, annotations },
    spec: {
      parallelism: gang.size,
      completions: gang.size,
      ...(gang.priorityClassName === undefined ? {} : COMES_BACK),
      template: { metadata: { labels: { [GANG_LABEL]: gang.name } }, spec: podSpec(gang) },
    },
  };
}

function groupOf({ name, min, queue }: Gang): object {
  return {
    apiVersion: 'scheduling.volcano.sh/v1beta1',
    kind: POD_GROUPS.kind,
    metadata: { name },
    spec: { minMember: min, queue },
  };
}

function podOf(gang: Gang, index: number): object {
  const { name, form, min, queue } = gang;
  const bound = form === 'named' ? { [GROUP_MIN_MEMBER_ANNOTATION]: String(min) } : {};
  return {
    apiVersion: 'v1',
    kind: PODS.kind,
    metadata: {
      name: `${name}-${index}`,
      labels: { [GANG_LABEL]: name, [QUEUE_NAME_LABEL]: queue },
      annotations: { [GROUP_NAME_ANNOTATION]: name, ...bound },
    },
    spec: podSpec(gang),
  };
}

function podSpec({ requests, sleepSeconds, priorityClassName }: Gang): object {
  const resources = {
    requests,
    limits: 'nvidia.com/gpu' in requests ? { 'nvidia.com/gpu': requests['nvidia.com/gpu'] } : {},
  };
  return {
    restartPolicy: 'Never',
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    containers: [{ name: 'main', image: 'none', command: ['sleep', String(sleepSeconds)], resources }],
  };
}
