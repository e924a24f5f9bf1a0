import { projectPolicy } from '../src/api/projections/policy.ts';
import type { PolicyRecord } from '../src/api/records/policy-record.ts';
import type { JsonObject } from '../src/lib/json.ts';

/** Ten kinds, as a policy for all workloads names them. */
const KINDS = [
  { group: '', resource: 'pods' },
  { group: 'batch.volcano.sh', resource: 'jobs' },
  ...['jobs', 'cronjobs'].map((resource) => ({ group: 'batch', resource })),
  ...['deployments', 'statefulsets'].map((resource) => ({ group: 'apps', resource })),
  ...['pytorchjobs', 'mpijobs'].map((resource) => ({ group: 'kubeflow.org', resource })),
  ...['rayjobs', 'rayclusters'].map((resource) => ({ group: 'ray.io', resource })),
];

/** So many policies, of which the last `matching` are for the pods of the reviews. */
export function policyRecords(count: number, matching: number, when?: string): readonly PolicyRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const isFor = index >= count - matching;
    const matchLabels = isFor ? { app: 'training' } : { app: `other-${index}` };
    const spec: JsonObject = {
      priority: index,
      match: { objects: KINDS, selector: { matchLabels }, ...(when === undefined ? {} : { when }) },
      exclude: { namespaces: { names: ['team-19'] }, users: ['somebody'] },
      set: {
        priorityClass: { name: 'usual' },
        tolerations: { ensure: [{ key: `pool-${index}`, operator: 'Exists', effect: 'NoSchedule' }] },
        nodeRequirements: { all: [{ key: 'gpu.product', operator: 'In', values: ['A100', 'H100'] }] },
        labels: { values: { 'example.com/cost-centre': '4711' } },
      },
      onMissingReference: 'Ignore',
    };
    const record = projectPolicy({ metadata: { name: `p${index}`, uid: `u${index}`, generation: 1 }, spec });
    if (record?.policy === undefined) throw new Error(`Cannot read policy ${index}`);
    return record;
  });
}
