import type { ControlPlane } from '../test/control-plane/launch.ts';
import type { PodStyle } from './e2e-link.ts';
import { SluiceProcess } from './sluice-process.ts';

/** Somebody who gets pods onto nodes. */
export interface Contender {
  readonly name: string;
  readonly style: PodStyle;
  /** Starts whatever schedules; undefined where the creator does it itself. */
  start(plane: ControlPlane): Promise<Placer | undefined>;
}

/** What a contender has running. */
export interface Placer {
  readonly pid: number;
  /** Ends it; what it leaves behind goes with its control plane. */
  stop(): Promise<void>;
}

const KUBE_SCHEDULER_RATE = { kubeApiQps: 5000, kubeApiBurst: 5000 } as const;

/** The limit: the creator binds each pod itself as soon as it is created, over the connection that created it. */
export const BARE_LIMIT: Contender = { name: 'bareLimit', style: 'bare', start: () => Promise.resolve(undefined) };

/** Kubernetes' own scheduler with its client limits out of the way. */
export const KUBE_SCHEDULER: Contender = {
  name: 'kubeScheduler',
  style: 'plain',
  start: (plane) => plane.startKubeScheduler(KUBE_SCHEDULER_RATE),
};

/** Sluice in all its roles, its webhooks in the path of every pod; or without them. */
export function sluice(webhooks: boolean, profileFolder: string): Contender {
  return {
    name: webhooks ? 'sluice' : 'sluiceWithoutWebhooks',
    style: webhooks ? 'named' : 'stamped',
    start: (plane) => SluiceProcess.start({ kubeconfig: plane.kubeconfigPath, webhooks, profileFolder }),
  };
}
