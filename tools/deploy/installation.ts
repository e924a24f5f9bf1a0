import { certificates } from './cert-manager.ts';
import { deployedRoles, roleObjects, workloadRoles } from './rights.ts';
import { volcanoRoles } from './volcano-rights.ts';
import { disruptionBudgets, fairness } from './availability.ts';
import { deployments } from './deployment.ts';
import type { Document } from './document.ts';
import { metricsService, networkPolicy, webhookService } from './network.ts';
import { emptyConfigurations, namespaceObject, serviceAccounts, writtenObjects } from './own-objects.ts';
import type { Settings } from './settings.ts';
import { writeLimits } from './write-limits.ts';

/** Rights of the running server: of each role those that it declares. */
export function rights(settings: Settings): readonly Document[] {
  const { namespace, certificates: mode, volcano } = settings;
  // The ConfigMap of the scheduler is Volcano's there.
  const named = deployedRoles(mode).filter((role) => volcano === undefined || role !== 'configuration');
  const roles = named.flatMap((role) => roleObjects(role, namespace));
  return [...roles, ...workloadRoles(namespace), ...volcanoRoles(settings)].map((object) => ({ object }));
}

/**
 * What stands around the server. The webhook configurations come first: tools remove objects in the order of the file, and
 * nobody is to be asked who is not there any more.
 */
export function surroundings(settings: Settings): readonly Document[] {
  return [
    ...emptyConfigurations(settings).map((object) => ({ object })),
    { object: namespaceObject(settings), when: 'static' },
    ...serviceAccounts(settings).map((object) => ({ object })),
    ...writtenObjects(settings),
    ...(settings.certificates === 'cert-manager' ? certificates(settings) : []),
    { object: webhookService(settings) },
    { object: metricsService(settings) },
    ...disruptionBudgets(settings).map((object) => ({ object, when: 'podDisruptionBudget.enabled' })),
    { object: networkPolicy(settings), when: 'networkPolicy.enabled' },
    ...fairness(settings).map((object) => ({ object, when: 'flowControl.enabled' })),
    ...writeLimits(settings).map((object) => ({ object, when: 'writeLimits.enabled' })),
  ];
}

/** What runs: last, since it needs all the rest. */
export function workload(settings: Settings): readonly Document[] {
  return deployments(settings).map((object) => ({ object }));
}
