import { arrayAt, isJsonObject, stringAt, textOf } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { nameOf, namespaceOf, objectsAt, titleOf } from './objects.ts';
import type { InstalledObjects } from './objects.ts';

/** Pods run as accounts that are there, and every account is somebody's. */
export function accountEnds(all: InstalledObjects): readonly string[] {
  const used = runAs(all);
  return [
    ...all
      .of('Deployment')
      .filter((one) => !all.has('ServiceAccount', accountOf(one), namespaceOf(one)))
      .map((one) => `${titleOf(one)} runs as ${accountOf(one)}, which is not there`),
    ...all
      .of('ServiceAccount')
      .filter((one) => !used.includes(userOf(nameOf(one), namespaceOf(one))))
      .map((one) => `${titleOf(one)} is nobody's`),
  ];
}

/** Every role is bound, every binding has its role, and gives it to accounts that are there. */
export function bindingEnds(all: InstalledObjects): readonly string[] {
  const bindings = [...all.of('ClusterRoleBinding'), ...all.of('RoleBinding')];
  const bound = new Set(bindings.map((one) => `${roleOf(one)} ${namespaceOf(one)}`));
  const roles = [...all.of('ClusterRole'), ...all.of('Role')];
  return [
    ...bindings
      .filter((one) => !roles.some((role) => titleOf(role) === roleOf(one) && namespaceOf(role) === namespaceOf(one)))
      .map((one) => `${titleOf(one)} gives ${roleOf(one)}, which is not there`),
    ...bindings.flatMap((one) =>
      objectsAt(one, 'subjects')
        .filter((subject) => !all.has('ServiceAccount', textOf(subject['name']), textOf(subject['namespace'])))
        .map((subject) => `${titleOf(one)} is for ${textOf(subject['name'])}, who is not there`),
    ),
    ...roles
      .filter((role) => !bound.has(`${titleOf(role)} ${namespaceOf(role)}`) && !isAggregated(all, role))
      .map((role) => `${titleOf(role)} is bound to nobody`),
  ];
}

/** A FlowSchema leads to a level that is there, and takes exactly the accounts of the pods. */
export function flowEnds(all: InstalledObjects): readonly string[] {
  return all.of('FlowSchema').flatMap((schema) => {
    const level = stringAt(schema, ['spec', 'priorityLevelConfiguration', 'name']);
    const subjects = objectsAt(schema, 'spec', 'rules').flatMap((rule) => objectsAt(rule, 'subjects'));
    const taken = subjects.map(({ serviceAccount }) =>
      userOf(stringAt(serviceAccount, ['name']), stringAt(serviceAccount, ['namespace'])),
    );
    const used = runAs(all);
    return [
      ...(all.has('PriorityLevelConfiguration', level) ? [] : [`leads to ${level}, which is not there`]),
      ...used.filter((user) => !taken.includes(user)).map((user) => `leaves ${user} out`),
      ...taken.filter((user) => !used.includes(user)).map((user) => `takes ${user}, as whom nobody runs`),
    ].map((end) => `${titleOf(schema)} ${end}`);
  });
}

/** Admission policies are in force, and are about accounts that are there. */
export function limitEnds(all: InstalledObjects): readonly string[] {
  const policies = all.of('ValidatingAdmissionPolicy');
  const inForce = all
    .of('ValidatingAdmissionPolicyBinding')
    .map((one) => ({ one, policy: stringAt(one, ['spec', 'policyName']) }));
  const users = runAs(all);
  return [
    ...inForce
      .filter(({ policy }) => !all.has('ValidatingAdmissionPolicy', policy))
      .map(({ one, policy }) => `${titleOf(one)} puts ${policy} in force, which is not there`),
    ...policies
      .filter((one) => !inForce.some(({ policy }) => policy === nameOf(one)))
      .map((one) => `${titleOf(one)} is not in force`),
    ...policies.flatMap((one) =>
      arrayAt(one, 'spec', 'matchConditions')
        .flatMap((condition) => [...stringAt(condition, ['expression']).matchAll(/system:serviceaccount:[^']+/g)])
        .filter(([user]) => !users.includes(user))
        .map(([user]) => `${titleOf(one)} is about ${user}, as whom nobody runs`),
    ),
  ];
}

function runAs(all: InstalledObjects): readonly string[] {
  return all.of('Deployment').map((one) => userOf(accountOf(one), namespaceOf(one)));
}

function accountOf(deployment: JsonObject): string {
  return stringAt(deployment, ['spec', 'template', 'spec', 'serviceAccountName']);
}

function userOf(name: string, namespace: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

function roleOf(binding: JsonObject): string {
  return `${stringAt(binding, ['roleRef', 'kind'])} ${stringAt(binding, ['roleRef', 'name'])}`;
}

/** Whether another role takes it in. */
function isAggregated(all: InstalledObjects, role: JsonObject): boolean {
  const labels = role['metadata'];
  return all
    .of('ClusterRole')
    .flatMap((one) => objectsAt(one, 'aggregationRule', 'clusterRoleSelectors'))
    .map(({ matchLabels }) => matchLabels)
    .filter(isJsonObject)
    .some((wanted) => Object.entries(wanted).every(([key, value]) => stringAt(labels, ['labels', key]) === value));
}
