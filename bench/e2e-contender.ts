import type { ControlPlane, ControlPlaneOptions } from '../test/control-plane/launch.ts';
import type { PodStyle } from './e2e-link.ts';
import { SluiceProcess } from './sluice-process.ts';

/** Somebody who gets pods onto nodes. */
export interface Contender {
  readonly name: string;
  readonly style: PodStyle;
  /** Flags that the parts of its control plane need for it. */
  readonly extraArgs?: ControlPlaneOptions['extraArgs'];
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

/** The gate of Kubernetes' own gangs; it is off by default. */
const NATIVE_GANGS = '--feature-gates=GenericWorkload=true';

/** Kubernetes' own scheduler with its own gangs: a PodGroup of `scheduling.k8s.io` for each. */
export const KUBE_SCHEDULER_GANGS: Contender = {
  name: 'kubeSchedulerGangs',
  style: 'native',
  extraArgs: {
    'kube-apiserver': [NATIVE_GANGS, '--runtime-config=scheduling.k8s.io/v1beta1=true'],
    'kube-controller-manager': [NATIVE_GANGS],
    'kube-scheduler': [NATIVE_GANGS],
  },
  start: (plane) => plane.startKubeScheduler(KUBE_SCHEDULER_RATE),
};

/** How pods come to Sluice. */
export type SluiceWay =
  /** From a template that was stamped when its root was admitted, the webhooks registered: what most pods are. */
  | 'sluice'
  /** Each naming its group by hand, so that each is reviewed. */
  | 'sluiceEachPodReviewed'
  /** No webhook configuration at all. */
  | 'sluiceWithoutWebhooks';

const STYLES: Readonly<Record<SluiceWay, PodStyle>> = {
  sluice: 'owned',
  sluiceEachPodReviewed: 'named',
  sluiceWithoutWebhooks: 'stamped',
};

/** Sluice in all its roles. */
export function sluice(way: SluiceWay, profileFolder: string, schedulerConfig?: string): Contender {
  const webhooks = way !== 'sluiceWithoutWebhooks';
  return {
    name: way,
    style: STYLES[way],
    start: async (plane) =>
      SluiceProcess.start({
        // Not as the admin: what Sluice writes itself is not sent to it in a cluster.
        kubeconfig: await plane.kubeconfigFor('installed'),
        webhooks,
        profileFolder,
        ...(schedulerConfig === undefined ? {} : { schedulerConfig }),
      }),
  };
}
