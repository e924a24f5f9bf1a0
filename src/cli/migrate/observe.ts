import { CONFIG_MAPS, CRDS, DEPLOYMENTS, POD_GROUPS, PODS, QUEUES, VCJOBS } from '../../api/resources.ts';
import { VOLCANO_NAMESPACE } from '../../api/volcano-release.ts';
import type { Look } from '../cluster/look.ts';
import { BACKUP_NAME } from './backup.ts';
import type { Installed, MigrationFacts } from './facts.ts';
import { readBindings } from './policy-bindings.ts';
import { releasesOf } from './release.ts';

/** Reads what a plan needs. */
export async function observeInstalled(look: Look): Promise<Installed> {
  const [deployments, configurations, bindings] = await Promise.all([
    look.list(DEPLOYMENTS),
    look.configurations(),
    readBindings(look),
  ]);
  const backup = await look.object(CONFIG_MAPS, BACKUP_NAME, namespaceOf(deployments));
  return { deployments, configurations, bindings, backup };
}

/** Reads everything that a check judges; changes nothing. */
export async function observe(look: Look): Promise<MigrationFacts> {
  const installed = await observeInstalled(look);
  const [configMaps, definitions, queues, groups, jobs, pods] = await Promise.all([
    look.list(CONFIG_MAPS, namespaceOf(installed.deployments)),
    look.list(CRDS),
    look.list(QUEUES),
    look.list(POD_GROUPS),
    look.list(VCJOBS),
    look.list(PODS),
  ]);
  return { ...installed, configMaps, definitions, queues, groups, jobs, pods };
}

function namespaceOf(deployments: Installed['deployments']): string {
  const [release] = deployments.kind === 'read' ? releasesOf(deployments.value) : [];
  return release?.namespace ?? VOLCANO_NAMESPACE;
}
