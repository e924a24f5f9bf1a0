import { numberAt, stringAt } from '../../lib/json.ts';
import type { DeploymentFact, Facts } from './facts.ts';
import { note, overRead, well, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

const CHECK = 'installation';
const VERSION_LABEL = 'app.kubernetes.io/version';
/** More would hide the rest. */
const SHOWN = 5;

/** One installation, of one release, that runs and may do what it has to; nothing where Sluice runs beside the cluster. */
export function installationFindings({ installation }: Facts): readonly Finding[] {
  return overRead(CHECK, installation, ({ deployments }) => {
    if (deployments.length === 0) return [];
    const findings = [
      ...togetherFindings(deployments),
      ...deployments.flatMap(readyFindings),
      ...deployments.flatMap(rightsFindings),
    ];
    const names = deployments.map(nameOf).join(' and ');
    return findings.length === 0 ? [well(CHECK, `${names} run, and may do what they have to`)] : findings;
  });
}

function togetherFindings(deployments: readonly DeploymentFact[]): readonly Finding[] {
  const namespaces = distinct(deployments.map(({ namespace }) => namespace));
  const versions = distinct(deployments.map(({ object }) => stringAt(object, ['metadata', 'labels', VERSION_LABEL])));
  const writers = deployments.filter(({ writes }) => writes).map(nameOf);
  if (namespaces.length > 1)
    return [
      wrong(
        CHECK,
        `Sluice is installed more than once, in ${namespaces.join(' and ')}: kinds and webhook configurations are there once`,
        'take one away, as it was installed: helm uninstall, or kubectl delete -f',
      ),
    ];
  if (versions.length > 1)
    return [
      wrong(
        CHECK,
        `Deployments of several releases are there: ${versions.join(' and ')}`,
        'apply all manifests of one release; docs/howto/upgrade.md says what to take away',
      ),
    ];
  if (writers.length > 1)
    return [
      wrong(
        CHECK,
        `${writers.join(' and ')} all write, and one is to: another release had fewer Deployments, or more`,
        'docs/howto/upgrade.md says what to take away when one comes from the other',
      ),
    ];
  return [];
}

function readyFindings(fact: DeploymentFact): readonly Finding[] {
  if (numberAt(fact.object, ['status', 'readyReplicas'], 0) > 0) return [];
  const name = nameOf(fact);
  return [
    wrong(
      CHECK,
      `no pod of the Deployment ${name} is ready`,
      `kubectl -n ${fact.namespace} describe deployment ${stringAt(fact.object, ['metadata', 'name'])}; kubectl -n ${fact.namespace} logs of its pods`,
    ),
  ];
}

function rightsFindings(fact: DeploymentFact): readonly Finding[] {
  const account = `${fact.namespace}/${fact.account}`;
  return overRead('rights', fact.lacks, (lacked) => {
    if (lacked.length === 0) return [];
    const more = lacked.length > SHOWN ? ` and ${lacked.length - SHOWN} more` : '';
    return [
      wrong(
        'rights',
        `the account ${account} lacks rights: ${lacked.slice(0, SHOWN).join(', ')}${more}`,
        'apply the roles and bindings of this release again: manifests/rbac, or helm upgrade',
      ),
    ];
  });
}

/** Where a Service leads to nobody, reviews are refused or pass. */
export function serviceFindings({ installation }: Facts): readonly Finding[] {
  if (installation.kind === 'unread') return [];
  return installation.value.deadServices.map((key) => {
    const [namespace = '', name = ''] = key.split('/');
    return wrong(
      'webhooks',
      `reviews go to the Service ${key}, which leads to no ready pod`,
      `kubectl -n ${namespace} get service,endpointslices,pods; the selector of ${name} and the labels of the pods have to agree`,
    );
  });
}

/** Without one our requests wait with those of all other accounts. */
export function fairnessFindings({ installation }: Facts): readonly Finding[] {
  if (installation.kind === 'unread') return [];
  const { deployments, hasFlowSchema } = installation.value;
  return deployments.length === 0 || hasFlowSchema
    ? []
    : [
        note(
          'fairness',
          'there is no FlowSchema sluice: a flood of requests by others holds up bindings',
          'apply the manifests, or install the chart with flowControl.enabled',
        ),
      ];
}

function nameOf({ object, namespace }: DeploymentFact): string {
  return `${namespace}/${stringAt(object, ['metadata', 'name'])}`;
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}
