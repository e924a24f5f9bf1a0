import { parseAmounts } from '../../src/api/amounts.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, member, memberAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { DenyVerdict, Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { denialInWords } from '../queue-words.ts';
import { estimateWarnings } from '../running-estimate.ts';
import { newTierWarnings } from '../tier-warnings.ts';
import { tierErrors } from '../tier.ts';
import { valueWarnings } from '../annotation-values.ts';
import { allow, forbid, joinDenials, refuse, UNCHANGED } from '../verdict.ts';
import { OWN_KEYS } from './conditions.ts';
import { readPodGroupFacts } from './pod-group-facts.ts';
import type { PodGroupFacts } from './pod-group-facts.ts';
import { classWarnings, isSystemClass } from './priority.ts';
import { roleWarnings } from './role-minima.ts';
import { subGroupErrors } from './sub-groups.ts';

/**
 * PodGroups, whoever makes them: the queue must take new work, the priority must be one to have, and the counts must be
 * counts. What Sluice made from another object follows that object and nobody else.
 */
export function validatePodGroupReview(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, oldObject, subresource, username } = request;
  if (subresource !== '' || object === undefined || isBeingDeleted(request)) return UNCHANGED;
  const group = readPodGroupFacts(object);
  const old = oldObject === undefined ? undefined : readPodGroupFacts(oldObject);
  const isOwn = view.isOwn(username);
  const denial = joinDenials(
    isOwn || old === undefined ? undefined : ownedDenial(group, old),
    queueTrouble(group, old, view),
    isOwn ? undefined : priorityDenial(group, old),
    countDenial(group),
    subGroupDenial(group, old),
    topologyDenial(object, oldObject),
  );
  if (denial !== undefined) return denial;
  const warnings = [
    ...classWarnings(group.priorityClassName, old?.priorityClassName, view),
    ...networkWarnings(group, old, view),
    ...valueWarnings(group.annotations, old?.annotations),
    ...resourceWarnings(group, old),
    ...(isOwn ? [] : roleWarnings(group, old)),
    ...(old === undefined ? estimateWarnings(group.annotations, '') : []),
  ];
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

/** Only a group that enters a queue is asked: one that is in a queue while that closes may finish. */
function queueTrouble(
  group: PodGroupFacts,
  old: PodGroupFacts | undefined,
  view: ClusterView,
): DenyVerdict | undefined {
  const { queue } = group;
  if (queue === '' || queue === old?.queue) return undefined;
  return denialInWords(queue, 'PodGroup', view);
}

function ownedDenial(group: PodGroupFacts, old: PodGroupFacts): DenyVerdict | undefined {
  const errors = [...(old.origin === '' ? [] : followedErrors(group, old)), ...ownKeyErrors(group, old)];
  return errors.length === 0 ? undefined : forbid('OwnedGroup', ...errors);
}

const FOLLOWED = ['queue', 'priorityClassName', 'minMember', 'minTaskMember', 'minResources'] as const;

function followedErrors(group: PodGroupFacts, old: PodGroupFacts): readonly FieldError[] {
  return FOLLOWED.filter((field) => textOf(group[field]) !== textOf(old[field])).map((field) => {
    const message = field === 'queue' ? queueIsFixed(old.origin) : `follows ${old.origin}; change that one`;
    return fieldError(`spec.${field}`, 'FieldValueForbidden', group[field], message);
  });
}

function queueIsFixed(origin: string): string {
  return `is that of ${origin}, which got its queue when it was made: make it anew to use another one`;
}

function ownKeyErrors(group: PodGroupFacts, old: PodGroupFacts): readonly FieldError[] {
  return OWN_KEYS.filter(([, key]) => member(group.annotations, key) !== member(old.annotations, key)).map(
    ([map, key]) => {
      const path = keyPath(`metadata.${map}`, key);
      return fieldError(path, 'FieldValueForbidden', member(group.annotations, key), 'only Sluice may write it');
    },
  );
}

/** Equal values have equal texts, whatever the order of their members. */
function textOf(value: JsonValue | undefined): string {
  return JSON.stringify(value, (_, inner: JsonValue) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function priorityDenial({ priorityClassName }: PodGroupFacts, old: PodGroupFacts | undefined): DenyVerdict | undefined {
  if (!isSystemClass(priorityClassName) || priorityClassName === old?.priorityClassName) return undefined;
  const message = 'is kept for what the cluster itself needs to run';
  return forbid(
    'PriorityNotAllowed',
    fieldError('spec.priorityClassName', 'FieldValueForbidden', priorityClassName, message),
  );
}

function networkWarnings(now: PodGroupFacts, old: PodGroupFacts | undefined, view: ClusterView): readonly string[] {
  const [spec, before] = [memberAt(now.group, 'spec'), memberAt(old?.group, 'spec')];
  return [
    ...newTierWarnings([spec, before], 'spec', view),
    ...now.subGroups.flatMap((policy, at) => {
      return newTierWarnings([policy, old?.subGroups[at]], `spec.subGroupPolicy[${at}]`, view);
    }),
  ];
}

function resourceWarnings({ minResources }: PodGroupFacts, old: PodGroupFacts | undefined): readonly string[] {
  const path = 'spec.minResources';
  const before = new Set(parseAmounts(old?.minResources, 'up', path).errors.map((error) => error.path));
  const wrong = parseAmounts(minResources, 'up', path).errors.filter((error) => !before.has(error.path));
  return wrong.map((error) => `${error.path} is left out: it ${error.message}`);
}

function countDenial({ minMember, minTaskMember }: PodGroupFacts): DenyVerdict | undefined {
  const names = Object.keys(minTaskMember).toSorted();
  const errors = [
    ...countErrors('spec.minMember', minMember),
    ...names.flatMap((name) => countErrors(keyPath('spec.minTaskMember', name), minTaskMember[name])),
  ];
  return errors.length === 0 ? undefined : refuse('InvalidMinMember', ...errors);
}

/** What was let in before is not refused now: its status is written, too. */
function subGroupDenial({ subGroups }: PodGroupFacts, old: PodGroupFacts | undefined): DenyVerdict | undefined {
  if (subGroups.length === 0 || (old !== undefined && textOf([...old.subGroups]) === textOf([...subGroups]))) {
    return undefined;
  }
  const errors = subGroupErrors(subGroups);
  return errors.length === 0 ? undefined : refuse('InvalidSubGroupPolicy', ...errors);
}

/** In one way only, for the group and for each part. */
function topologyDenial(group: JsonObject, old: JsonObject | undefined): DenyVerdict | undefined {
  const before = new Set(old === undefined ? [] : topologyErrors(old).map(({ path }) => path));
  const errors = topologyErrors(group).filter(({ path }) => !before.has(path));
  return errors.length === 0 ? undefined : refuse('InvalidNetworkTopology', ...errors);
}

function topologyErrors(group: JsonObject): readonly FieldError[] {
  const parts = arrayAt(group, 'spec', 'subGroupPolicy');
  return [
    ...tierErrors(memberAt(group, 'spec', 'networkTopology'), 'spec'),
    ...parts.flatMap((part, at) => tierErrors(memberAt(part, 'networkTopology'), `spec.subGroupPolicy[${at}]`)),
  ];
}

function countErrors(path: string, value: JsonValue | undefined): readonly FieldError[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return [];
  return [fieldError(path, 'FieldValueInvalid', value, 'must be a whole number that is not negative')];
}
