import { JOBS, POD_GROUPS, PODS, QUEUES } from '../src/api/resources.ts';
import type { ResourceType } from '../src/api/resources.ts';
import type { AdmitFn, Operation } from './admission.ts';
import { mutateJob } from './jobs/mutate.ts';
import { validatePodGroupReview } from './pod-groups/validate.ts';
import { mutatePod } from './pods/mutate.ts';
import { validateQueueReview } from './queues/validate.ts';
import type { RegistryEntry } from './registry-entry.ts';

/**
 * Everything that Sluice asks the API server to send, in one table. Mutators refuse bad values themselves, so Jobs and
 * pods have no validating row: one review a pod is what admission may cost.
 */
export const REGISTRY: readonly RegistryEntry[] = Object.freeze([
  row('mutate', JOBS, ['CREATE', 'UPDATE'], mutateJob),
  row('mutate', PODS, ['CREATE'], mutatePod),
  row('validate', QUEUES, ['CREATE', 'UPDATE', 'DELETE'], validateQueueReview),
  row('validate', POD_GROUPS, ['CREATE', 'UPDATE'], validatePodGroupReview),
]);

function row(
  phase: RegistryEntry['phase'],
  type: ResourceType,
  operations: readonly Operation[],
  admit: AdmitFn,
): RegistryEntry {
  const { group, version, plural: resource, namespaced } = type;
  const scope = namespaced ? 'Namespaced' : 'Cluster';
  return Object.freeze({ phase, group, version, resource, operations, scope, optedInOnly: namespaced, admit });
}
