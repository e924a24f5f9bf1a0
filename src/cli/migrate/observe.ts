import {
  CONFIG_MAPS,
  CRDS,
  DEPLOYMENTS,
  NAMESPACES,
  POD_GROUPS,
  PODS,
  QUEUES,
  SECRETS,
  SERVICES,
  VCJOBS,
} from '../../api/resources.ts';
import { VOLCANO_NAMESPACE, volcanoRelease } from '../../api/volcano-release.ts';
import type { Look } from '../cluster/look.ts';
import { BACKUP_NAME } from './backup.ts';
import type { Installed, MigrationFacts } from './facts.ts';
import { readBindings } from './policy-bindings.ts';
import { releasesOf } from './release.ts';
import type { Release } from './release.ts';

/** Where a release of Volcano is, or was. */
type Place = Pick<Release, 'name' | 'namespace'>;

const USUAL: Place = { name: 'volcano', namespace: VOLCANO_NAMESPACE };

/** Reads what a plan needs; where nothing is left of Volcano, in the place where it was. */
export async function observeInstalled(look: Look, known: Place = USUAL): Promise<Installed> {
  const [deployments, configurations, bindings] = await Promise.all([
    look.list(DEPLOYMENTS),
    look.configurations(),
    readBindings(look),
  ]);
  const { namespace } = releaseIn({ deployments, configurations }) ?? known;
  const backup = await look.object(CONFIG_MAPS, BACKUP_NAME, namespace);
  return { deployments, configurations, bindings, backup };
}

/** Reads everything that a check judges; changes nothing. */
export async function observe(look: Look): Promise<MigrationFacts> {
  const installed = await observeInstalled(look);
  const { name, namespace: home } = releaseIn(installed) ?? USUAL;
  const { admissionService, admissionSecret } = volcanoRelease(name);
  const [namespace, service, secret] = await Promise.all([
    look.object(NAMESPACES, home, ''),
    look.object(SERVICES, admissionService, home),
    look.object(SECRETS, admissionSecret, home),
  ]);
  const [configMaps, definitions, queues, groups, jobs, pods] = await Promise.all([
    look.list(CONFIG_MAPS, home),
    look.list(CRDS),
    look.list(QUEUES),
    look.list(POD_GROUPS),
    look.list(VCJOBS),
    look.list(PODS),
  ]);
  return { ...installed, namespace, service, secret, configMaps, definitions, queues, groups, jobs, pods };
}

/** Whose objects are to be looked at; undefined where none is found, or could be looked for. */
function releaseIn({
  deployments,
  configurations,
}: Pick<Installed, 'deployments' | 'configurations'>): Place | undefined {
  if (deployments.kind === 'unread') return undefined;
  return releasesOf(deployments.value, configurations.kind === 'read' ? configurations.value : [])[0];
}
