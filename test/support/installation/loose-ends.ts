import type { JsonObject } from '../../../src/lib/json.ts';
import { accountEnds, bindingEnds, flowEnds, limitEnds } from './loose-accounts.ts';
import { alertEnds, monitorEnds } from './loose-monitoring.ts';
import { InstalledObjects } from './objects.ts';
import { budgetEnds, certificateEnds, deploymentEnds, policyEnds, serviceEnds, spreadEnds } from './loose-pods.ts';

/**
 * What an installation names or selects and does not hold, each in words: labels, ports, accounts, Secrets, roles, metrics, pages.
 * Nothing of it is said twice here: all is taken from the objects themselves.
 */
export function looseEnds(objects: readonly JsonObject[]): readonly string[] {
  const all = new InstalledObjects(objects);
  return [
    deploymentEnds,
    serviceEnds,
    budgetEnds,
    spreadEnds,
    policyEnds,
    certificateEnds,
    accountEnds,
    bindingEnds,
    flowEnds,
    limitEnds,
    monitorEnds,
    alertEnds,
  ].flatMap((ends) => ends(all));
}
