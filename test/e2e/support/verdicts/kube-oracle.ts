import { setTimeout as sleep } from 'node:timers/promises';
import { objects, text } from '../../../../src/api/projections/metadata.ts';
import { stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import type { ControlPlane } from '../../../control-plane/launch.ts';
import { writeConfiguration } from './scheduler-configuration.ts';
import { SchedulerExtender } from './scheduler-extender.ts';

/** What kube-scheduler says of one pod. */
export interface KubeVerdict {
  readonly pod: JsonObject;
  /** Those that passed all its filters. */
  readonly nodes: ReadonlySet<string>;
  /** Of the condition PodScheduled: how many nodes each filter refused. */
  readonly message: string;
}

const POLL_MS = 50;
const PATIENCE_MS = 60_000;

/** The filters of the real kube-scheduler, asked about every pod that waits. Nothing is bound. */
export class KubeOracle {
  readonly #plane: ControlPlane;
  readonly #extender: SchedulerExtender;

  private constructor(plane: ControlPlane, extender: SchedulerExtender) {
    this.#plane = plane;
    this.#extender = extender;
  }

  static async start(plane: ControlPlane): Promise<KubeOracle> {
    return new KubeOracle(plane, await SchedulerExtender.start(true));
  }

  /** A scheduler of its own for each call: what it decides on is all that there is, and not what has reached it by then. */
  async judge(): Promise<readonly KubeVerdict[]> {
    const configPath = await writeConfiguration(this.#plane, this.#extender);
    const scheduler = await this.#plane.startKubeScheduler({ configPath });
    try {
      const pods = await this.#decided();
      return pods
        .filter((pod) => refusal(pod) !== FAILED)
        .map((pod) => {
          const passed = this.#extender.passed.get(stringAt(pod, ['metadata', 'uid'])) ?? [];
          return { pod, nodes: new Set(passed), message: refusal(pod) ?? '' };
        });
    } finally {
      await scheduler.stop();
    }
  }

  stop(): Promise<void> {
    return this.#extender.stop();
  }

  async #decided(): Promise<readonly JsonObject[]> {
    for (const end = Date.now() + PATIENCE_MS; ;) {
      const { body } = await this.#plane.client.request('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3D');
      const pods = objects(body, 'items');
      if (pods.every((pod) => refusal(pod) !== undefined)) return pods;
      if (Date.now() > end) throw new Error('Cannot judge: kube-scheduler leaves pods undecided');
      await sleep(POLL_MS);
    }
  }
}

/** kube-scheduler gives up on a pod whose claims it cannot look at on one of the nodes, and says nothing of the others. */
const FAILED = 'failed';
const CLAIM_FAILURE = 'running "DynamicResources" filter plugin';

/** Undefined before it was decided on. */
function refusal(pod: JsonObject): string | undefined {
  const condition = objects(pod, 'status', 'conditions').find((entry) => text(entry, 'type') === 'PodScheduled');
  if (condition === undefined) return undefined;
  const [reason, message] = [text(condition, 'reason'), text(condition, 'message')];
  if (reason === 'Unschedulable') return message;
  if (message.startsWith(CLAIM_FAILURE)) return FAILED;
  throw new Error(`Cannot judge: kube-scheduler says ${reason}: ${message}`);
}
