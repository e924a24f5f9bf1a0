import { SUBMITTER_SECRET } from '../../api/access.ts';
import { ADMISSION_ENABLED, ADMISSION_LABEL } from '../../api/keys.ts';
import { keysIn } from '../../engine/submitters/key-ring.ts';
import { arrayAt, covers, member, memberAt, numberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { DefinitionFact, Facts } from './facts.ts';
import { note, overRead, well, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

const SKEW_MS = 60_000;
const DEFAULT_QUEUE = 'default';

export function clockFindings({ skewMs }: Facts): readonly Finding[] {
  const seconds = Math.round(skewMs / 1000);
  if (Math.abs(skewMs) <= SKEW_MS) return [well('clock', 'this clock and that of the API server agree')];
  const how = seconds > 0 ? 'ahead of' : 'behind';
  return [
    note(
      'clock',
      `this clock is ${Math.abs(seconds)} s ${how} that of the API server`,
      'set one of them right; certificates are judged by the API server',
    ),
  ];
}

export function definitionFindings({ definitions }: Facts): readonly Finding[] {
  return overRead('kinds', definitions, (all) => {
    const findings = all.flatMap(definitionFinding);
    return findings.length === 0 ? [well('kinds', `all ${all.length} kinds are there, as in this release`)] : findings;
  });
}

function definitionFinding({ name, wanted, found }: DefinitionFact): readonly Finding[] {
  if (found === undefined) return [wrong('kinds', `${name} is not installed`, INSTALL)];
  const isServed = arrayAt(found, 'status', 'conditions').some(
    (one) => member(one, 'type') === 'Established' && member(one, 'status') === 'True',
  );
  if (!isServed) return [wrong('kinds', `${name} is not served by the API server`, 'kubectl describe crd tells why')];
  const versions = arrayAt(wanted, 'spec', 'versions').map((one) => stringAt(one, ['name']));
  const served = arrayAt(found, 'spec', 'versions').filter((one) => member(one, 'served') === true);
  const missing = versions.filter((version) => !served.some((one) => stringAt(one, ['name']) === version));
  if (missing.length > 0) return [wrong('kinds', `${name} does not serve ${missing.join(', ')}`, INSTALL)];
  // The API server adds defaults of its own; what is wanted has to be there.
  return covers(memberAt(found, 'spec', 'versions'), memberAt(wanted, 'spec', 'versions'))
    ? []
    : [note('kinds', `${name} differs from this release, of another one or of Volcano`, INSTALL)];
}

const INSTALL = 'apply the manifests of this release, or run sluice serve with --install';

export function leaseFindings({ lease, nowMs, namespace }: Facts): readonly Finding[] {
  return overRead('leader', lease, (found) => {
    const holder = stringAt(found, ['spec', 'holderIdentity']);
    if (found === undefined || holder === '')
      return [
        wrong(
          'leader',
          'nobody leads: nothing is placed',
          `start sluice serve with the roles scheduler and controllers, and --namespace ${namespace}`,
        ),
      ];
    const silentMs = nowMs - Date.parse(stringAt(found, ['spec', 'renewTime']));
    const durationMs = numberAt(found, ['spec', 'leaseDurationSeconds'], 0) * 1000;
    const seconds = Math.round(silentMs / 1000);
    return silentMs <= 2 * durationMs
      ? [well('leader', `${holder} leads`)]
      : [
          wrong(
            'leader',
            `${holder} has led, and is silent for ${seconds} s`,
            'see whether its process runs; another one takes over as soon as there is one',
          ),
        ];
  });
}

/** Without keys all goes on, and no user counts as one. */
export function submitterFindings({ submitterKeys }: Facts): readonly Finding[] {
  return overRead('submitters', submitterKeys, (secret) => {
    const { size } = keysIn(secret);
    return size > 0
      ? [well('submitters', `users are signed for, with ${size === 1 ? 'a key' : `${size} keys`}`)]
      : [
          note(
            'submitters',
            `Secret ${SUBMITTER_SECRET} holds no key: whose work it is is not verified`,
            'a running sluice serve with the role webhook makes one; look in its log for "keys of submitters are not settled"',
          ),
        ];
  });
}

/** Deployments of Volcano that run: they place pods of the same scheduler name. */
export function rivalFindings({ volcano }: Facts): readonly Finding[] {
  return overRead('volcano', volcano, (deployments) => {
    const running = deployments.filter((one) => numberAt(one, ['status', 'readyReplicas'], 0) > 0);
    const names = running
      .map((one) => stringAt(one, ['metadata', 'name']))
      .filter((name) => /-(scheduler|controllers|admission)$/.test(name));
    return names.length === 0
      ? [well('volcano', 'no Volcano runs beside Sluice')]
      : [
          wrong(
            'volcano',
            `Volcano runs beside Sluice: ${names.join(', ')}; both would place the same pods`,
            'kubectl -n volcano-system scale deployment --replicas=0 NAME, for each',
          ),
        ];
  });
}

export function namespaceFindings({ namespaces }: Facts): readonly Finding[] {
  return overRead('namespaces', namespaces, (all) => {
    const optedIn = all.filter(
      (one) => stringAt(one, ['metadata', 'labels', ADMISSION_LABEL]) === ADMISSION_ENABLED,
    ).length;
    return optedIn > 0
      ? [well('namespaces', `${optedIn} of ${all.length} namespaces go through queues`)]
      : [
          note(
            'namespaces',
            'no namespace goes through queues',
            `kubectl label namespace NAME ${ADMISSION_LABEL}=${ADMISSION_ENABLED}`,
          ),
        ];
  });
}

/** A namespace that is being deleted takes nothing new: neither certificates nor a Lease. */
export function ownNamespaceFindings({ namespaces, namespace }: Facts): readonly Finding[] {
  if (namespaces.kind === 'unread') return [];
  const own = namespaces.value.find((one) => stringAt(one, ['metadata', 'name']) === namespace);
  if (memberAt(own, 'metadata', 'deletionTimestamp') === undefined) return [];
  const held = arrayAt(own, 'status', 'conditions').filter((one) => member(one, 'status') === 'True');
  const why = held.map((one) => stringAt(one, ['message'])).filter((message) => message !== '');
  return [
    wrong(
      'installation',
      `the namespace ${namespace} is being deleted${why.length === 0 ? '' : `: ${why.join('; ')}`}`,
      `take away what holds it (kubectl get namespace ${namespace} -o yaml tells), and install anew`,
    ),
  ];
}

export function nodeFindings({ nodes }: Facts): readonly Finding[] {
  return overRead('nodes', nodes, (all) => {
    const fit = all.filter(isFit).length;
    return fit > 0
      ? [well('nodes', `${fit} of ${all.length} nodes take pods`)]
      : [wrong('nodes', `none of ${all.length} nodes takes pods`, 'kubectl get nodes')];
  });
}

function isFit(node: JsonObject): boolean {
  const isReady = arrayAt(node, 'status', 'conditions').some(
    (one) => member(one, 'type') === 'Ready' && member(one, 'status') === 'True',
  );
  return isReady && memberAt(node, 'spec', 'unschedulable') !== true;
}

export function queueFindings({ queues }: Facts): readonly Finding[] {
  return overRead('queues', queues, (all) => {
    const found = all.find((one) => stringAt(one, ['metadata', 'name']) === DEFAULT_QUEUE);
    if (found === undefined)
      return [wrong('queues', `there is no queue ${DEFAULT_QUEUE}`, 'a running controller makes it')];
    const state = stringAt(found, ['status', 'state'], 'Open');
    return state === 'Open' || state === ''
      ? [well('queues', `${all.length} queues`)]
      : [note('queues', `the queue ${DEFAULT_QUEUE} is ${state}`, 'vcctl queue operate --action open --name default')];
  });
}
