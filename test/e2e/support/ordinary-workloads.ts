import { memberAt, stringAt } from '../../../src/lib/json.ts';

/** The group that a pod names. */
export function groupOf(found: unknown): string {
  return stringAt(memberAt(found, 'metadata'), ['annotations', 'scheduling.k8s.io/group-name']);
}

/** A pod of one container. */
export function pod(namespace: string, name: string, spec: object, annotations: object = {}, cpu = '1'): object {
  const containers = [{ name: 'main', image: 'x', resources: { requests: { cpu } } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, annotations }, spec: { ...spec, containers } };
}

/** What the annotations of workloads ask of their groups. */
export const ASKED = { minResources: { cpu: '300m' }, networkTopology: { mode: 'soft', highestTierAllowed: 1 } };

/** An object of Kubernetes whose pods name volcano, and whose annotations ask for something of their group. */
export function workload(namespace: string, [apiVersion, kind]: readonly [string, string], app: string): object {
  const isJob = kind === 'Job';
  const labels = { app };
  const selector = kind === 'ReplicationController' ? labels : { matchLabels: labels };
  const command = isJob ? { command: ['true'] } : {};
  const containers = [{ name: 'main', image: 'x', ...command, resources: { requests: { cpu: '100m' } } }];
  const restartPolicy = isJob ? { restartPolicy: 'Never' } : {};
  const asks = {
    'scheduling.volcano.sh/group-min-resources': '{"cpu":"300m"}',
    'volcano.sh/network-topology-mode': 'soft',
    'volcano.sh/network-topology-highest-tier': '1',
  };
  const template = {
    metadata: { labels, annotations: asks },
    spec: { schedulerName: 'volcano', ...restartPolicy, containers },
  };
  const size = isJob || kind === 'DaemonSet' ? {} : { replicas: 1 };
  const spec = { ...(isJob ? {} : { selector }), ...size, template };
  const annotations = { 'volcano.sh/preemptable': 'false' };
  return { apiVersion, kind, metadata: { namespace, name: app, annotations }, spec };
}
