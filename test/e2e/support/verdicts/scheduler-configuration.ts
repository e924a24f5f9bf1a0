import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { SLUICE_SCHEDULER } from '../../../../src/api/keys.ts';
import type { ControlPlane } from '../../../control-plane/launch.ts';
import type { SchedulerExtender } from './scheduler-extender.ts';

/** Longer than any test takes: each pod is decided on once. */
const BACKOFF_SECONDS = 3600;

/** Path of a configuration with the stock profile, but that nobody is evicted, and with the extender at the end. */
export async function writeConfiguration(plane: ControlPlane, extender: SchedulerExtender): Promise<string> {
  const kubeconfig = await plane.kubeconfigFor('kube-scheduler');
  const path = join(plane.dataDir, 'kube-scheduler.yaml');
  const configuration = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    clientConnection: { kubeconfig, qps: 5000, burst: 10_000 },
    leaderElection: { leaderElect: false },
    percentageOfNodesToScore: 100,
    podInitialBackoffSeconds: BACKOFF_SECONDS,
    podMaxBackoffSeconds: BACKOFF_SECONDS,
    profiles: [{ schedulerName: SLUICE_SCHEDULER, plugins: { postFilter: { disabled: [{ name: '*' }] } } }],
    extenders: [extender.configuration],
  };
  await writeFile(path, stringify(configuration));
  return path;
}
