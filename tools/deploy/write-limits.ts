import { OWN_NAME, OWN_SECRETS, SUBMITTER_SECRET } from '../../src/api/access.ts';
import {
  POLICIES_ENABLED,
  POLICIES_LABEL,
  SLUICE_SCHEDULER,
  VOLCANO_SCHEDULER,
  WISHED_CLAIM_LABEL,
} from '../../src/api/keys.ts';
import { SPECIAL_CLAIM_ANNOTATION } from '../../src/api/devices/special-claim.ts';
import { VCJOBS } from '../../src/api/resources.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { CONFIGURATION_NAME } from '../../webhooks/configurations.ts';
import { VOLCANO_CONFIGURATIONS } from '../../webhooks/volcano/configurations.ts';
import { everywhere } from './labels.ts';
import { NAME } from './settings.ts';
import type { Settings } from './settings.ts';

/** Name of the policy and of its binding. */
export const WRITE_LIMITS = 'sluice-own-writes';

/** What Sluice's own account may write, where roles cannot say it: a stolen token is then worth little more than its work. */
export function writeLimits(settings: Settings): readonly JsonObject[] {
  const admission = { apiVersion: 'admissionregistration.k8s.io/v1' };
  const user = `system:serviceaccount:${settings.namespace}:${NAME}`;
  return [
    {
      ...admission,
      kind: 'ValidatingAdmissionPolicy',
      metadata: everywhere(WRITE_LIMITS, settings),
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: RULES },
        matchConditions: [{ name: 'from-sluice', expression: `request.userInfo.username == '${user}'` }],
        variables: VARIABLES,
        validations: validations(settings),
      },
    },
    {
      ...admission,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: everywhere(WRITE_LIMITS, settings),
      spec: { policyName: WRITE_LIMITS, validationActions: ['Deny'] },
    },
  ];
}

const CONFIGURATIONS = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'];

const RULES: readonly JsonObject[] = [
  rule('', ['pods'], ['CREATE', 'DELETE']),
  rule('', ['secrets', 'configmaps', 'services'], ['CREATE', 'UPDATE', 'DELETE']),
  rule('', ['persistentvolumeclaims'], ['CREATE']),
  rule('resource.k8s.io', ['resourceclaimtemplates'], ['CREATE', 'UPDATE', 'DELETE']),
  rule('resource.k8s.io', ['resourceclaims'], ['CREATE', 'DELETE']),
  rule('networking.k8s.io', ['networkpolicies'], ['CREATE', 'DELETE']),
  rule('coordination.k8s.io', ['leases'], ['CREATE']),
  rule('admissionregistration.k8s.io', CONFIGURATIONS, ['UPDATE']),
];

const VARIABLES: readonly JsonObject[] = [
  // As it was before: an object does not become ours by being written.
  variable('before', "request.operation == 'CREATE' ? object : oldObject"),
  variable(
    'ofJob',
    `variables.before.metadata.?ownerReferences.orValue([]).exists(owner, owner.kind == '${VCJOBS.kind}' && owner.apiVersion.startsWith('${VCJOBS.group}/'))`,
  ),
];

/** A ConfigMap that holds policies is told what is wrong with it; what it says stays. */
const NOTE_ON_POLICIES = [
  "request.operation == 'UPDATE'",
  `oldObject.metadata.?labels[?'${POLICIES_LABEL}'].orValue('') == '${POLICIES_ENABLED}'`,
  ...['data', 'binaryData'].map((key) => `object.?${key}.orValue({}) == oldObject.?${key}.orValue({})`),
  // Nor does it become a Job's.
  'object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([])',
].join(' && ');

/** New entries have the authority of the others, or none. */
const KNOWN_BUNDLES =
  'object.?webhooks.orValue([]).all(hook, !has(hook.clientConfig.caBundle) || oldObject.?webhooks.orValue([]).exists(old, old.clientConfig.?caBundle.orValue(b"") == hook.clientConfig.caBundle))';

function validations({ namespace, certificates, volcano }: Settings): readonly JsonObject[] {
  const isOwnAuthority = certificates === 'built-in';
  const ownSecrets = [...(isOwnAuthority ? OWN_SECRETS : []), SUBMITTER_SECRET];
  const volcanos = volcano === undefined ? [] : VOLCANO_CONFIGURATIONS.map(({ name }) => name);
  const configurationNames = [CONFIGURATION_NAME, ...volcanos];
  const own = `request.namespace == '${namespace}'`;
  const schedulers = [SLUICE_SCHEDULER, VOLCANO_SCHEDULER];
  return [
    validation(
      ['secrets'],
      `variables.ofJob || (${own} && request.name in ${list(ownSecrets)})`,
      'Sluice writes its own Secrets, and those that a Job of Volcano asks for',
    ),
    validation(
      ['configmaps'],
      `variables.ofJob || (${NOTE_ON_POLICIES})`,
      'Sluice writes ConfigMaps that a Job of Volcano asks for, and of those that hold policies only what is wrong with them',
    ),
    validation(['services', 'networkpolicies'], 'variables.ofJob', 'Sluice writes only what a Job of Volcano asks for'),
    validation(
      ['persistentvolumeclaims'],
      'variables.ofJob',
      'Sluice makes only claims that a Job of Volcano asks for',
    ),
    validation(
      ['resourceclaimtemplates'],
      `variables.before.metadata.?labels[?'${WISHED_CLAIM_LABEL}'].orValue('') == 'true'`,
      'Sluice writes only templates for claims that it has made of wishes',
    ),
    validation(
      ['resourceclaims'],
      `variables.before.metadata.?annotations[?'${SPECIAL_CLAIM_ANNOTATION}'].orValue('') == 'true'`,
      'Sluice makes and deletes only claims for resources that a class serves',
    ),
    validation(
      ['pods'],
      `variables.ofJob || (request.operation == 'DELETE' && oldObject.spec.schedulerName in ${list(schedulers)})`,
      "Sluice makes and deletes pods of Volcano's Jobs, and deletes those that it has placed",
    ),
    validation(['leases'], `${own} && request.name in ${list(OWN_NAME)}`, 'Sluice has one Lease'),
    validation(
      CONFIGURATIONS,
      `request.name in ${list(configurationNames)} && object.?webhooks.orValue([]).all(hook, has(hook.clientConfig.service) && hook.clientConfig.service.namespace == '${namespace}')`,
      'Sluice keeps its own webhook configurations, which lead to its own namespace',
    ),
    ...(isOwnAuthority
      ? []
      : [validation(CONFIGURATIONS, KNOWN_BUNDLES, 'Sluice says of no authority that it is trusted')]),
  ];
}

function rule(group: string, resources: readonly string[], operations: readonly string[]): JsonObject {
  return { apiGroups: [group], apiVersions: ['*'], resources, operations };
}

function variable(name: string, expression: string): JsonObject {
  return { name, expression };
}

function validation(resources: readonly string[], expression: string, message: string): JsonObject {
  return {
    expression: `!(request.resource.resource in ${list(resources)}) || (${expression})`,
    message,
    reason: 'Forbidden',
  };
}

function list(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text}'`).join(', ')}]`;
}
