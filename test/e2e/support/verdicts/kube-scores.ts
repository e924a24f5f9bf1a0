import { readFile, truncate } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { objects, text } from '../../../../src/api/projections/metadata.ts';
import { stringAt } from '../../../../src/lib/json.ts';
import type { ControlPlane, RunningScheduler } from '../../../control-plane/launch.ts';
import type { PodObject } from './random-pod.ts';
import { writeConfiguration } from './scheduler-configuration.ts';
import { SchedulerExtender } from './scheduler-extender.ts';

/** Points of one pod by plugin and node, as kube-scheduler weighs them. */
export type KubeScores = ReadonlyMap<string, ReadonlyMap<string, number>>;

const POLL_MS = 5;
const PATIENCE_MS = 30_000;
/** The one file that logs scores: everything at this level would be gigabytes. */
const LOGGED = 'schedule_one=10';
const SCORED = /"Plugin scored node for pod" pod="([^"]+)" plugin="([^"]+)" node="([^"]+)" score=(-?\d+)/;

/** The scores of the real kube-scheduler for one pod after another. Nothing is bound. */
export class KubeScorer {
  readonly #plane: ControlPlane;
  readonly #extender: SchedulerExtender;
  readonly #scheduler: RunningScheduler;

  private constructor(plane: ControlPlane, extender: SchedulerExtender, scheduler: RunningScheduler) {
    this.#plane = plane;
    this.#extender = extender;
    this.#scheduler = scheduler;
  }

  /** Everything but the pods that are to be scored is there. */
  static async start(plane: ControlPlane): Promise<KubeScorer> {
    const extender = await SchedulerExtender.start(false);
    const configPath = await writeConfiguration(plane, extender);
    return new KubeScorer(plane, extender, await plane.startKubeScheduler({ configPath, logged: LOGGED }));
  }

  /** Creates the pod, and waits until it was scored, assumed, not bound and forgotten. Returns its UID; undefined when the API server refuses it. */
  async score({ metadata, spec }: PodObject): Promise<string | undefined> {
    const path = `/api/v1/namespaces/${metadata.namespace}/pods`;
    const created = await this.#plane.client.request('POST', path, { metadata, spec });
    if (created.status === 422) return undefined;
    if (created.status >= 300) throw new Error(`${metadata.name}: ${JSON.stringify(created.body)}`);
    for (const end = Date.now() + PATIENCE_MS; ;) {
      const { body } = await this.#plane.client.request('GET', `${path}/${metadata.name}`);
      const isDecided = objects(body, 'status', 'conditions').some((entry) => text(entry, 'type') === 'PodScheduled');
      if (isDecided) return stringAt(body, ['metadata', 'uid']);
      if (Date.now() > end) throw new Error('Cannot score: kube-scheduler leaves the pod undecided');
      await sleep(POLL_MS);
    }
  }

  /** By `namespace/name` of the pod; pods with less than two nodes to choose from are not scored. */
  async scores(): Promise<ReadonlyMap<string, KubeScores>> {
    const pods = new Map<string, Map<string, Map<string, number>>>();
    for (const line of (await readFile(this.#scheduler.logPath, 'utf8')).split('\n')) {
      const [, pod = '', plugin = '', node = '', score] = SCORED.exec(line) ?? [];
      if (score !== undefined) entry(entry(pods, pod), plugin).set(node, Number(score));
    }
    return pods;
  }

  async stop(): Promise<void> {
    await this.#scheduler.stop();
    // The next one writes to the same file.
    await truncate(this.#scheduler.logPath);
    await this.#extender.stop();
  }
}

function entry<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = maps.get(key) ?? new Map<string, V>();
  maps.set(key, found);
  return found;
}
