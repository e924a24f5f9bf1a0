import { arrayAt, stringAt } from '../../../../src/lib/json.ts';
import { ActedPod } from './acted-pod.ts';
import type { ActedPodOptions } from './acted-pod.ts';

const NAMESPACE = 'sluice-system';
const DEPLOYMENTS = ['sluice', 'sluice-scheduler'];
const SECONDS = 60;

/** One pod of each Deployment of an installation: more would listen on the same ports of this machine. */
export class ActedInstallation {
  readonly #pods: readonly ActedPod[];

  private constructor(pods: readonly ActedPod[]) {
    this.#pods = pods;
  }

  /** Starts them together, since each waits for what the other does, and resolves once the Deployments know that they are ready. */
  static async start(options: Omit<ActedPodOptions, 'pod'>): Promise<ActedInstallation> {
    const { plane } = options;
    const wait = async (deployment: string, condition: string): Promise<void> => {
      const words = [
        'wait',
        '-n',
        NAMESPACE,
        `deployment/${deployment}`,
        `--timeout=${SECONDS}s`,
        `--for=${condition}`,
      ];
      const { code, stderr } = await plane.kubectl(words);
      if (code !== 0) throw new Error(stderr);
    };
    for (const name of DEPLOYMENTS) await wait(name, 'jsonpath={.status.replicas}');
    const { stdout } = await plane.kubectl(['get', 'pods', '-n', NAMESPACE, '-o', 'json']);
    const found = Map.groupBy(arrayAt(JSON.parse(stdout), 'items'), componentOf);
    const pods = await Promise.all([...found.values()].map(([pod]) => ActedPod.start({ ...options, pod })));
    for (const name of DEPLOYMENTS) await wait(name, 'jsonpath={.status.readyReplicas}=1');
    return new ActedInstallation(pods);
  }

  /** The ends of what they printed. */
  log(): string {
    return this.#pods.map((pod) => pod.log()).join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pods.map((pod) => pod.stop()));
  }
}

/** Which of the Deployments a pod belongs to. */
export function componentOf(pod: unknown): string {
  return stringAt(pod, ['metadata', 'labels', 'app.kubernetes.io/component']);
}
