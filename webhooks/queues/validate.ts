import { DEFAULT_QUEUE, HIERARCHY_ANNOTATION, NODE_GROUP_LIMITS_ANNOTATION, ROOT_QUEUE } from '../../src/api/keys.ts';
import { deviceUnit } from '../../src/api/accelerators/unit-class.ts';
import { countedClass } from '../../src/api/devices/counted-class.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import type { FetchQuestion } from '../question.ts';
import { queueQuestion } from '../queue-choice.ts';
import { excess, ofNodes, onlyWhere, queuesAbove } from '../room-warnings.ts';
import { allow, forbid, refuse, UNCHANGED } from '../verdict.ts';
import { QUEUE_VIEW } from '../view-kinds.ts';
import { hierarchyErrors, hierarchyTexts } from './hierarchy.ts';
import { branchErrors } from './branch.ts';
import { parentErrors } from './parent.ts';
import { amountsOf, resourceErrors, rootResourceErrors } from './resources.ts';

/** Queues: what the schema cannot say, because it is about two fields, another queue, or the past. */
export function validateQueueReview(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object: queue, oldObject: old, operation, subresource } = request;
  if (subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  if (operation === 'DELETE') return validateDelete(request, view);
  if (queue === undefined) return UNCHANGED;
  const name = stringAt(queue, ['metadata', 'name'], request.name);
  const errors = [
    ...weightErrors(queue),
    ...resourceErrors(queue),
    ...stateErrors(queue, old),
    ...parentErrors(name, queue, old, view),
    ...hierarchyErrors(name, queue, old, view),
    ...(name === ROOT_QUEUE && old !== undefined ? rootResourceErrors(queue, old) : []),
  ];
  // Amounts that cannot be read are told alone.
  const others = errors.length > 0 ? [] : branchErrors(name, queue, old, view);
  if (errors.length + others.length > 0) {
    const asked = [...errors.flatMap(doubts), ...(others.length > 0 ? parentDoubt(queue) : [])];
    return { ...refuse('InvalidQueueSpec', ...errors, ...others), doubts: asked };
  }
  const idle = idleFields(queue).filter((field) => !idleFields(old ?? {}).includes(field));
  const warnings = [
    ...guaranteeWarnings(queue, view),
    ...idle.map((field) => `spec.${field} has no effect yet`),
    ...pluginWarnings(queue).filter((warning) => !pluginWarnings(old ?? {}).includes(warning)),
  ];
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

/** A parent that is not known may have been made a moment ago. */
function doubts({ kind, value }: FieldError): readonly FetchQuestion[] {
  return kind === 'FieldValueNotFound' && typeof value === 'string' ? [queueQuestion(value)] : [];
}

/** What its parent says may have been changed a moment ago. */
function parentDoubt(queue: JsonObject): readonly FetchQuestion[] {
  const parent = stringAt(queue, ['spec', 'parent']);
  return parent === '' ? [] : [queueQuestion(parent)];
}

/** What a guarantee promises beyond the whole cluster, or a queue above, is nobody's to keep free; up to that it keeps the others out. */
function guaranteeWarnings(queue: JsonObject, view: ClusterView): readonly string[] {
  const guarantee = amountsOf(queue, 'guarantee');
  const beyond = (most: ResourceAmounts, whose: string, asked = guarantee): readonly string[] =>
    excess(asked, most).map(
      ({ name, asked: amount, most: all }) =>
        `spec.guarantee.resource[${name}]: ${amount} is more than ${whose} (${all})`,
    );
  const room = view.room();
  return [
    ...(room === undefined ? [] : beyond(room.totals, 'the cluster has', ofNodes(guarantee))),
    ...queuesAbove(stringAt(queue, ['spec', 'parent']), view).flatMap(({ name, limit }) =>
      beyond(onlyWhere(limit, guarantee), `queue ${name} may hold, and all of that is kept for it`),
    ),
  ];
}

/** Fields that are set and that nothing acts on yet. */
function idleFields(queue: JsonObject): readonly string[] {
  const spec = objectAt(queue, 'spec');
  return IDLE.filter((field) => spec[field] !== undefined && spec[field] !== null);
}

/** What a policy of the scheduler that the webhook does not know may or may not look at. */
function pluginWarnings(queue: JsonObject): readonly string[] {
  const affinity = memberAt(queue, 'spec', 'affinity');
  const isSet = affinity !== undefined && affinity !== null;
  const hasHierarchy = hierarchyTexts(queue).some((text) => text !== '');
  const hierarchy = keyPath('metadata.annotations', HIERARCHY_ANNOTATION);
  const hasLimits = memberAt(queue, 'metadata', 'annotations', NODE_GROUP_LIMITS_ANNOTATION) !== undefined;
  return [
    ...(isSet ? ['spec.affinity has no effect unless the scheduler has the plugin nodegroup'] : []),
    ...(hasHierarchy
      ? [`${hierarchy} has no effect unless the scheduler has the plugin drf with enableHierarchy`]
      : []),
    ...[...amountsOf(queue, 'deserved').keys()]
      .filter((name) => countedClass(name) !== undefined || deviceUnit(name) !== undefined)
      .map((name) => `spec.deserved[${name}] has no effect unless the scheduler has the plugin capacity`),
    ...(hasLimits ? [`${keyPath('metadata.annotations', NODE_GROUP_LIMITS_ANNOTATION)} has no effect yet`] : []),
  ];
}

const IDLE = ['extendClusters'] as const;

function validateDelete(request: AdmissionRequest, view: ClusterView): Verdict {
  // Deleting a whole collection asks for each object without naming it in the request.
  const name = stringAt(request.oldObject, ['metadata', 'name'], request.name);
  if (name === ROOT_QUEUE || name === DEFAULT_QUEUE) {
    return forbid(
      'ProtectedQueue',
      fieldError('metadata.name', 'FieldValueForbidden', name, `\`${name}\` queue can not be deleted`),
    );
  }
  if (view.queue(name)?.hasChildren === true) {
    const children = view
      .of(QUEUE_VIEW)
      .by('parent', name)
      .map((child) => child.name)
      .toSorted();
    const message = `queue ${name} can not be deleted because it has ${children.length} child queues: ${children.join(', ')}; delete or move them first`;
    return forbid('QueueHasChildren', fieldError('metadata.name', 'FieldValueForbidden', name, message));
  }
  const groups = view.groupsIn(name);
  if (groups.length === 0) return UNCHANGED;
  const more = groups.length > MAX_LISTED ? ` and ${groups.length - MAX_LISTED} more` : '';
  const message = `PodGroups in it have not come to their end: ${groups.slice(0, MAX_LISTED).join(', ')}${more}; delete them first`;
  if (!view.keepsBusyQueues) return allow([], [message]);
  return forbid('QueueInUse', fieldError('metadata.name', 'FieldValueForbidden', name, message));
}

const MAX_LISTED = 5;

const MAX_WEIGHT = 65_535;

function weightErrors(queue: JsonObject): readonly FieldError[] {
  const weight = memberAt(queue, 'spec', 'weight');
  if (weight === undefined || weight === null) return [];
  if (typeof weight === 'number' && Number.isInteger(weight) && weight >= 1 && weight <= MAX_WEIGHT) return [];
  return [fieldError('spec.weight', 'FieldValueInvalid', weight, `must be a whole number from 1 to ${MAX_WEIGHT}`)];
}

const WANTED_STATES = ['Open', 'Closed'] as const;

/** People may ask for open or closed; `Closing` and `Unknown` are answers of the controllers. */
function stateErrors(queue: JsonObject, old: JsonObject | undefined): readonly FieldError[] {
  const state = stringAt(queue, ['status', 'state']);
  if (state === '' || state === stringAt(old, ['status', 'state'])) return [];
  if (WANTED_STATES.some((wanted) => wanted === state)) return [];
  return [
    fieldError('status.state', 'FieldValueNotSupported', state, `queue state must be in [${WANTED_STATES.join(' ')}]`),
  ];
}
