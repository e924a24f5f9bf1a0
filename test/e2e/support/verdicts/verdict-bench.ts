import type { ControlPlane } from '../../../control-plane/launch.ts';
import { openAdapterBench } from '../adapters.ts';
import { SluiceView } from './sluice-view.ts';
import { WorldCluster } from './world-cluster.ts';

/** An API server that holds random worlds, and Sluice's view of it. */
export interface VerdictBench {
  readonly plane: ControlPlane;
  readonly cluster: WorldCluster;
  readonly view: SluiceView;
  close(): Promise<void>;
}

/**
 * Nodes, pods and claims stay as they are made: nobody taints nodes, removes pods that do not bear a taint or whose node is gone,
 * binds and keeps volumes,
 * or frees claims.
 */
const IDLE_CONTROLLERS = [
  'node-lifecycle-controller',
  'pod-garbage-collector-controller',
  'taint-eviction-controller',
  'persistentvolume-binder-controller',
  'persistentvolume-attach-detach-controller',
  'persistentvolume-protection-controller',
  'persistentvolumeclaim-protection-controller',
  'resourceclaim-controller',
  'device-taint-eviction-controller',
];
const EXTRA_ARGS = {
  'kube-apiserver': ['--disable-admission-plugins=TaintNodesByCondition,ServiceAccount,StorageObjectInUseProtection'],
  'kube-controller-manager': [`--controllers=${IDLE_CONTROLLERS.map((name) => `-${name}`).join(',')}`],
};

export async function openVerdictBench(): Promise<VerdictBench> {
  const bench = await openAdapterBench(EXTRA_ARGS);
  const cluster = new WorldCluster(bench.plane.client);
  await cluster.prepare();
  const view = new SluiceView(bench);
  const close = async (): Promise<void> => {
    await view.stop();
    await bench.close();
  };
  return { plane: bench.plane, cluster, view, close };
}
