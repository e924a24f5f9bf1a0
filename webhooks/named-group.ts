import { GROUP_NAME_ANNOTATION, VOLCANO_GROUP_NAME_ANNOTATION } from '../src/api/keys.ts';
import { fieldError, keyPath } from '../src/lib/field-error.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { DenyVerdict } from './verdict.ts';
import { isObjectName } from './group-name.ts';
import type { QueueChoice } from './queue-choice.ts';
import { refuse } from './verdict.ts';

/** The group that the annotations of a pod or template name; empty when none. */
export function namedGroup(annotations: JsonObject): string {
  const name = stringAt(annotations, [GROUP_NAME_ANNOTATION]);
  return name === '' ? stringAt(annotations, [VOLCANO_GROUP_NAME_ANNOTATION]) : name;
}

/** Refuses a group annotation that cannot be the name of a PodGroup. */
export function groupNameDenial(group: string, path: string): DenyVerdict | undefined {
  if (isObjectName(group)) return undefined;
  const message = 'must be the name of a PodGroup: lower-case letters, digits, dashes and dots';
  return refuse(
    'InvalidGroupName',
    fieldError(keyPath(`${path}metadata.annotations`, GROUP_NAME_ANNOTATION), 'FieldValueInvalid', group, message),
  );
}

/** Tells that the group's own queue beat the one that the user named. */
export function knownQueueWarning(named: QueueChoice | undefined, group: string, queue: string): readonly string[] {
  if (named === undefined || named.name === queue) return [];
  return [`group ${group} is in queue ${queue}; queue ${named.name} is ignored`];
}

/** Tells who names a group that nobody has made: `who` waits until somebody does. */
export function missingGroupWarning(group: string, who: string): string {
  return `no PodGroup ${group} exists yet: ${who} until you make it`;
}
