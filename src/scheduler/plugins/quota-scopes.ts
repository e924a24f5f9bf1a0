import type { QuotaScope, ResourceQuotaRecord } from '../../api/records/resource-quota-record.ts';
import type { Job } from '../model/job.ts';

/**
 * The pods that the group has still to be given fall under the quota, as far as the group tells. Scopes that hang on what
 * only a pod says (`Terminating` and its opposite, affinity across namespaces) leave the quota to the API server.
 */
export function isUnder({ scopes }: ResourceQuotaRecord, job: Job): boolean {
  for (const scope of scopes) if (!holds(scope, job)) return false;
  return true;
}

function holds({ scope, operator, values }: QuotaScope, job: Job): boolean {
  if (scope === 'BestEffort') return isBestEffort(job);
  if (scope === 'NotBestEffort') return !isBestEffort(job);
  if (scope !== 'PriorityClass') return false;
  const name = job.tasks.first?.record.priorityClassName ?? job.record.priorityClassName;
  if (operator === 'Exists') return name !== '';
  if (operator === 'DoesNotExist') return name === '';
  if (operator === 'In') return values.includes(name);
  return operator === 'NotIn' && !values.includes(name);
}

/** As Kubernetes counts it: what else pods ask for makes no difference. */
function isBestEffort({ record: { minResources } }: Job): boolean {
  return minResources === undefined || !((minResources.get('cpu') ?? 0) > 0 || (minResources.get('memory') ?? 0) > 0);
}
