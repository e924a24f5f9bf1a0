import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES } from '../../api/resources.ts';
import { arrayAt, objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { AuthoriseQuestion } from '../../../webhooks/question.ts';
import type { InputMistake, Manifest } from './manifest.ts';
import type { OfflineUser } from './offline-user.ts';
import { isOf } from './sorts.ts';

/** True where some object says who may do what: then what none of them allows is denied. */
export function declaresRights(objects: readonly JsonObject[]): boolean {
  return objects.some((object) => isOf(object, CLUSTER_ROLE_BINDINGS));
}

/** Whether the ClusterRoles that are bound to the user allow it, as the API server's RBAC reads them. O(rules). */
export function isDeclared(
  objects: readonly JsonObject[],
  question: Omit<AuthoriseQuestion, 'kind' | 'key'>,
  user: OfflineUser,
): boolean {
  const subject = { name: user.name, groups: groupsOf(user) };
  if (subject.groups.includes(EVERYTHING)) return true;
  const bound = objects.filter(
    (object) => isOf(object, CLUSTER_ROLE_BINDINGS) && arrayAt(object, 'subjects').some((one) => isMeant(one, subject)),
  );
  return bound.some((binding) => {
    const name = roleOf(binding);
    const rules = objects.filter((role) => isNamed(role, name)).flatMap((role) => arrayAt(role, 'rules'));
    return name === ADMINISTRATOR || rules.some((rule) => allows(rule, question));
  });
}

/** Bindings to roles that nobody has written down: what they allow is not known. */
export function unknownRoles(manifests: readonly Manifest[]): readonly InputMistake[] {
  const bindings = manifests.filter(({ object }) => isOf(object, CLUSTER_ROLE_BINDINGS));
  return bindings.flatMap(({ object, file, placeOf }) => {
    const name = roleOf(object);
    if (name === ADMINISTRATOR || manifests.some((role) => isNamed(role.object, name))) return [];
    return [{ file, place: placeOf('roleRef'), message: `roleRef.name: there is no ClusterRole ${name}` }];
  });
}

/** A role that every cluster has. */
const ADMINISTRATOR = 'cluster-admin';
/** A group that no rule applies to. */
const EVERYTHING = 'system:masters';

function roleOf(binding: JsonObject): string {
  return stringAt(binding, ['roleRef', 'name']);
}

function isNamed(object: JsonObject, name: string): boolean {
  return isOf(object, CLUSTER_ROLES) && stringAt(object, ['metadata', 'name']) === name;
}

/** What the API server adds to the groups of who has shown who he is. */
function groupsOf({ name, groups }: OfflineUser): readonly string[] {
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name) ?? [];
  const accounts = namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return [...groups, ...accounts, 'system:authenticated'];
}

function isMeant(subject: JsonValue, { name, groups }: OfflineUser): boolean {
  const named = stringAt(subject, ['name']);
  switch (stringAt(subject, ['kind'])) {
    case 'User':
      return named === name;
    case 'Group':
      return groups.includes(named);
    case 'ServiceAccount':
      return name === `system:serviceaccount:${stringAt(subject, ['namespace'])}:${named}`;
    default:
      return false;
  }
}

function allows(rule: JsonValue, { verb, type, subresource, name }: Omit<AuthoriseQuestion, 'kind' | 'key'>): boolean {
  const resource = subresource === '' ? type.plural : `${type.plural}/${subresource}`;
  const names = arrayAt(rule, 'resourceNames');
  return (
    has(rule, 'verbs', verb) &&
    has(rule, 'apiGroups', type.group) &&
    has(rule, 'resources', resource) &&
    (names.length === 0 || names.includes(name))
  );
}

function has(rule: JsonValue, field: string, value: string): boolean {
  const values = arrayAt(objectAt(rule), field);
  return values.includes('*') || values.includes(value);
}
