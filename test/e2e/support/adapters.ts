import { createSystemClock } from '../../../src/adapters/clock.ts';
import { loadCredentials } from '../../../src/adapters/kube/connect/credentials.ts';
import { createKubeHttp } from '../../../src/adapters/kube/connect/http-client.ts';
import type { KubeHttp } from '../../../src/adapters/kube/connect/http-client.ts';
import { createSystemRandomness } from '../../../src/adapters/randomness.ts';
import type { Clock, Logger, Randomness } from '../../../src/engine/ports.ts';
import type { ControlPlane, ControlPlaneOptions } from '../../control-plane/launch.ts';
import { startControlPlane } from '../../control-plane/launch.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';

/** A control plane and the adapters that every test against it needs. */
export interface AdapterBench {
  readonly plane: ControlPlane;
  readonly http: KubeHttp;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly metrics: RecordingMetrics;
  readonly log: Logger;
  close(): Promise<void>;
}

/** Starts a control plane without pod life cycles, and reaches it by its kubeconfig. */
export async function openAdapterBench(extraArgs: ControlPlaneOptions['extraArgs'] = {}): Promise<AdapterBench> {
  const plane = await startControlPlane({ podStages: false, extraArgs });
  const clock = createSystemClock();
  const credentials = await loadCredentials(
    { kind: 'kubeconfig', path: plane.kubeconfigPath },
    { clock, log: QUIET_LOG },
  );
  const http = createKubeHttp(credentials);
  const close = async (): Promise<void> => {
    credentials.stop();
    await http.close();
    await plane.stop();
  };
  const ports = { clock, randomness: createSystemRandomness(), metrics: new RecordingMetrics(), log: QUIET_LOG };
  return { plane, http, ...ports, close };
}
