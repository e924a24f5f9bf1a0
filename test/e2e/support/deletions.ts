import {
  apiVersion,
  COMMANDS,
  CRON_VCJOBS,
  HYPER_NODES,
  JOBFLOWS,
  JOBTEMPLATES,
  POD_GROUPS,
  QUEUES,
  VCJOBS,
} from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';

/** What becomes of what the deleted object owns. */
export const PROPAGATIONS = ['Foreground', 'Background', 'Orphan'] as const;

const CONTAINERS = [
  { name: 'c', image: 'busybox', command: ['sleep', '600'], resources: { requests: { cpu: '10m' } } },
];
const JOB = {
  minAvailable: 2,
  schedulerName: 'volcano',
  queue: 'default',
  tasks: [{ name: 'a', replicas: 2, template: { spec: { restartPolicy: 'Never', containers: CONTAINERS } } }],
};

/** Each kind of Volcano that people delete, with a spec whose controller has work with it. */
const KINDS: readonly (readonly [ResourceType, (template: string) => object])[] = [
  [JOBTEMPLATES, () => ({ spec: JOB })],
  [VCJOBS, () => ({ spec: JOB })],
  [CRON_VCJOBS, () => ({ spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: JOB } } })],
  [JOBFLOWS, (template) => ({ spec: { jobRetainPolicy: 'retain', flows: [{ name: template }] } })],
  [POD_GROUPS, () => ({ spec: { minMember: 1, queue: 'default' } })],
  [QUEUES, () => ({ spec: { weight: 1 } })],
  [
    HYPER_NODES,
    () => ({ spec: { tier: 1, members: [{ type: 'Node', selector: { exactMatch: { name: 'node-1' } } }] } }),
  ],
];

/** An object that is made and then deleted in one of the three ways. */
export interface Doomed {
  readonly type: ResourceType;
  readonly name: string;
  readonly propagation: (typeof PROPAGATIONS)[number];
  readonly object: object;
}

/** One of each kind for each way. */
export function doomed(namespace: string): readonly Doomed[] {
  return PROPAGATIONS.flatMap((propagation) => {
    const way = propagation.toLowerCase();
    return KINDS.map(([type, bodyOf]) => {
      const name = `${type.plural}-${way}`;
      const metadata = type.namespaced ? { name, namespace } : { name };
      const head = { apiVersion: apiVersion(type), kind: type.kind, metadata };
      return { type, name, propagation, object: { ...head, ...bodyOf(`${JOBTEMPLATES.plural}-${way}`) } };
    });
  });
}

/** A Command for a job that does not exist, which nobody takes up. */
export function idleCommand(namespace: string): object {
  const target = { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, name: 'nobody', uid: 'nobody' };
  const metadata = { name: 'idle', namespace };
  return { apiVersion: apiVersion(COMMANDS), kind: COMMANDS.kind, metadata, action: 'AbortJob', target };
}
