import { accessChecks, accessReview, configurationAccess, describeAccess } from '../../api/access.ts';
import type { AccessCheck, AccessRole, AccessRule } from '../../api/access.ts';
import { accessOf } from '../../engine/control/controller-access.ts';
import { ACCESS_REVIEWS } from '../../api/resources.ts';
import { memberAt } from '../../lib/json.ts';
import { compatAccess } from './compat-access.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { SetupError } from '../setup-error.ts';
import { makesCertificates, makesKeys, registersOthers } from './duties.ts';
import type { ServeOptions } from './serve-options.ts';

/** Asks the API server whether it answers and whether we may do all that our roles need; throws a SetupError if not. */
export async function preflight(cluster: Cluster, options: ServeOptions): Promise<void> {
  const checks = accessQuestions(options);
  const missing: string[] = [];
  const [first, ...rest] = checks;
  const ask = async ({ check, namespace }: Question): Promise<void> => {
    const answer = await cluster.create(ACCESS_REVIEWS, accessReview(check, namespace), 'ask what we may do');
    if (memberAt(answer, 'status', 'allowed') !== true) missing.push(describeAccess(check, namespace));
  };
  // One question alone first: a cluster that does not answer is told once.
  if (first !== undefined) await ask(first);
  await Promise.all(rest.map(ask));
  if (missing.length === 0) return;
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
  throw new SetupError(
    `the user of the kubeconfig lacks rights on ${cluster.server}: ${missing.slice(0, SHOWN).join(', ')}${more}`,
  );
}

const SHOWN = 5;

/** All that our roles need, each asked once. */
export function accessQuestions(options: ServeOptions): readonly Question[] {
  return [
    ...accessChecks(rulesFor(options)).map((check) => ({ check, namespace: options.namespace })),
    ...sourceChecks(options),
  ];
}

/** May we do this, where it is about one namespace in this one? */
export interface Question {
  readonly check: AccessCheck;
  readonly namespace: string;
}

/** The ConfigMap with the configuration of the scheduler, wherever it is. */
function sourceChecks({ roles, policySource }: ServeOptions): readonly Question[] {
  if (policySource.kind !== 'configMap' || !roles.has('scheduler')) return [];
  const { namespace, name } = policySource;
  return accessChecks([configurationAccess(name)]).map((check) => ({ check, namespace }));
}

function rulesFor(options: ServeOptions): readonly AccessRule[] {
  const { volcano } = options;
  const roles = accessRoles(options);
  return [
    ...roles.flatMap(accessOf),
    ...(volcano === undefined ? [] : roles.flatMap((role) => compatAccess(volcano, role))),
  ];
}

function accessRoles(options: ServeOptions): AccessRole[] {
  const roles: AccessRole[] = [...options.roles];
  const writesConfigurations = registersOthers(options) || (options.roles.has('webhook') && !options.isReadOnly);
  if (writesConfigurations) roles.push('certificates');
  if (writesConfigurations && makesCertificates(options)) roles.push('authority');
  if (registersOthers(options)) roles.push('registrar');
  if (makesKeys(options)) roles.push('submitters');
  if (options.isReadOnly) roles.push('read-only');
  if (options.isReadOnly && options.certificateFolder === undefined) roles.push('serving');
  if (options.install) roles.push('install');
  return roles;
}
