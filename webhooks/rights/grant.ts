import type { ResourceType } from '../../src/api/resources.ts';

/** A verb on one object that is not of a namespace. */
export interface Grant {
  readonly verb: 'use' | 'bypass' | 'update';
  readonly type: ResourceType;
  readonly name: string;
}

/** What gives the right to a user, in words of RBAC. kubectl makes no roles with the verb `use`, so there is no command. */
export function grantText({ verb, type, name }: Grant, username: string): string {
  const rule = `{apiGroups: ["${type.group}"], resources: [${type.plural}], resourceNames: ["${name}"], verbs: [${verb}]}`;
  return `a ClusterRole with the rule ${rule}, and a ClusterRoleBinding of it to ${subject(username)}`;
}

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

function subject(username: string): string {
  const account = SERVICE_ACCOUNT.exec(username);
  return account === null ? `User ${username}` : `ServiceAccount ${account[2]} of namespace ${account[1]}`;
}
