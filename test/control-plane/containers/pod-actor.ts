import { setTimeout as sleep } from 'node:timers/promises';
import { memberAt, numberAt, stringAt } from '../../../src/lib/json.ts';
import type { KubeClient, KubeResponse } from '../kube-client.ts';
import { PodLife } from './pod-life.ts';
import { isPlain, readPodPlan } from './pod-plan.ts';
import type { PodPlan } from './pod-plan.ts';
import { podStatus } from './pod-status.ts';

const RETRIES = 5;
const RETRY_MS = 500;
const STRATEGIC = 'application/strategic-merge-patch+json';
/** The longest span of a timer; a later moment is looked for again then. */
const MOST_TIMER_MS = 2 ** 31 - 1;

/** Acts out the containers of all pods on nodes; kwok starts the pods and takes away those that go at once. */
export class PodActor {
  readonly #client: KubeClient;
  /** By UID; undefined for a pod in which nothing happens that kwok does not do, or nothing any more. */
  readonly #pods = new Map<string, ActedPod | undefined>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** Takes up a change that the API server told. */
  take(change: string, pod: unknown): void {
    const uid = stringAt(pod, ['metadata', 'uid']);
    if (change === 'DELETED') {
      this.#pods.get(uid)?.stop();
      this.#pods.delete(uid);
      return;
    }
    if (!this.#pods.has(uid)) this.#pods.set(uid, this.#newPod(pod));
    if (this.#pods.get(uid)?.see(pod) === 'done') this.#pods.set(uid, undefined);
  }

  #newPod(pod: unknown): ActedPod | undefined {
    const plan = readPodPlan(pod);
    return isPlain(plan) ? undefined : new ActedPod(this.#client, plan);
  }
}

/** One pod whose containers do something. */
class ActedPod {
  readonly #client: KubeClient;
  readonly #plan: PodPlan;
  readonly #path: string;
  #life: PodLife | undefined;
  #leaving = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(client: KubeClient, plan: PodPlan) {
    this.#client = client;
    this.#plan = plan;
    this.#path = `/api/v1/namespaces/${plan.namespace}/pods/${plan.name}`;
  }

  /** Takes up the pod as it is now; done where there is nothing more to act out. */
  see(pod: unknown): 'done' | 'goes on' {
    const phase = stringAt(pod, ['status', 'phase']);
    const isDeleted = memberAt(pod, 'metadata', 'deletionTimestamp') !== undefined;
    if (isDeleted && !this.#plan.endsSlowly) {
      this.stop();
      return 'done';
    }
    if (this.#life === undefined) this.#start(phase, memberAt(pod, 'status', 'startTime') !== undefined);
    if (isDeleted && !this.#leaving) this.#leave(numberAt(pod, ['metadata', 'deletionGracePeriodSeconds'], 30));
    return 'goes on';
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #start(phase: string, isAccepted: boolean): void {
    const { startsInSteps } = this.#plan;
    if (startsInSteps ? phase !== 'Pending' || !isAccepted : phase !== 'Running') return;
    this.#life = new PodLife(this.#plan);
    if (!startsInSteps) this.#life.startWhole(Date.now());
    this.#goOn(startsInSteps);
  }

  #leave(graceSeconds: number): void {
    this.#leaving = true;
    this.#life?.terminate(Date.now(), graceSeconds);
    this.#goOn(false);
  }

  /** Acts what is due, tells it, and comes back when something is due again. */
  readonly #goOn = (isNews: boolean): void => {
    const nowMs = Date.now();
    const life = this.#life;
    const due = isNews || (life !== undefined && life.nextMs <= nowMs);
    life?.advance(nowMs);
    if (life !== undefined && (due || (this.#leaving && life.isOver))) this.#tell(podStatus(life, nowMs));
    if (this.#leaving && (life === undefined || life.isOver)) this.#remove();
    clearTimeout(this.#timer);
    const nextMs = life?.nextMs ?? Infinity;
    if (this.#over || nextMs === Infinity) return;
    this.#timer = setTimeout(this.#goOn, Math.min(nextMs - nowMs, MOST_TIMER_MS), false);
  };

  #tell(status: object): void {
    const body = { metadata: { uid: this.#plan.uid }, status };
    this.#write(() => this.#client.request('PATCH', `${this.#path}/status`, body, STRATEGIC));
  }

  #remove(): void {
    this.stop();
    const body = { gracePeriodSeconds: 0, preconditions: { uid: this.#plan.uid } };
    this.#write(() => this.#client.request('DELETE', this.#path, body));
  }

  /** One write after the other; a pod that is gone, or another of the same name, needs none. */
  #write(request: () => Promise<KubeResponse>): void {
    this.#writing = this.#writing.then(async () => {
      for (let attempt = 1; attempt <= RETRIES; attempt += 1) {
        const status = await request().then(
          (response) => response.status,
          () => 0,
        );
        if ((status >= 200 && status < 300) || status === 404 || status === 409) return;
        console.error(`${this.#path}: status ${status}, attempt ${attempt}`);
        await sleep(RETRY_MS);
      }
    });
  }
}
