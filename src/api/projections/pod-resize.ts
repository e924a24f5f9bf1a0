import { arrayAt, isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import { objects, text } from './metadata.ts';
import { isPodLevel } from './pod-requests.ts';

/**
 * The specs that tell together what a pod holds: of each resource the most that one of them asks for. Most pods have one,
 * their own. A pod that is resized in place says at once what it is to become, and until the kubelet has done it the
 * node is taken for what is allocated, and for what the containers really have: two more specs, equal to the pod's but
 * for these amounts. A resize that the kubelet calls infeasible never happens, and what it asks for does not count.
 */
export function countedSpecs(spec: JsonObject, status: JsonObject): readonly JsonObject[] {
  if (text(spec, 'nodeName') === '' || !isResizing(spec, status)) return [spec];
  const enacted = specAs('enacted', spec, status);
  // What is asked for does not count then, and cannot stand in for what is allocated.
  if (isInfeasible(status)) return [specAs('allocated', enacted, status), enacted];
  return [spec, specAs('allocated', spec, status), enacted];
}

/** Resource lists as a status has them. */
interface Told {
  readonly allocated: JsonObject | undefined;
  readonly enacted: JsonObject;
}

/** The two lists of containers in a spec, and where the status speaks of them. */
const CONTAINERS = [
  ['containers', 'containerStatuses'],
  ['initContainers', 'initContainerStatuses'],
] as const;

/**
 * Texts are compared, since both sides come from the API server: equal amounts in other words only cost time. Asked for every
 * change of every pod, and nearly always in vain: nothing is copied.
 */
function isResizing(spec: JsonObject, status: JsonObject): boolean {
  for (const [list, statuses] of CONTAINERS) {
    const told = arrayAt(status, statuses);
    if (told.length > 0) for (const container of arrayAt(spec, list)) if (differs(container, told)) return true;
  }
  const requests = objectAt(member(spec, 'resources'), 'requests');
  return isFilled(requests) && differsInPart(requests, toldIn(status));
}

function differs(container: JsonValue, statuses: readonly JsonValue[]): boolean {
  const told = toldOf(container, statuses);
  if (told === undefined) return false;
  const requests = objectAt(member(container, 'resources'), 'requests');
  return !(isSame(requests, told.allocated ?? requests) && isSame(requests, told.enacted));
}

/** What is told of a whole pod has more resources than are asked for the pod as a whole. */
function differsInPart(requests: JsonObject, told: Told | undefined): boolean {
  if (told === undefined) return false;
  return !(isWithin(requests, told.allocated ?? requests) && isWithin(requests, told.enacted));
}

/** The spec with the amounts that the status tells; where it tells none, the spec's own stand. */
function specAs(kind: keyof Told, spec: JsonObject, status: JsonObject): JsonObject {
  const lists = CONTAINERS.map(([list, statuses]) => {
    const told = arrayAt(status, statuses);
    return [list, objects(spec, list).map((container) => containerAs(kind, container, told))] as const;
  });
  return { ...spec, ...Object.fromEntries(lists), ...podLevelAs(kind, spec, status) };
}

function containerAs(kind: keyof Told, container: JsonObject, statuses: readonly JsonValue[]): JsonObject {
  const requests = toldOf(container, statuses)?.[kind];
  return requests === undefined ? container : { ...container, resources: { requests } };
}

/**
 * A kubelet tells amounts of the whole pod for every pod. They are looked at only where the spec asks for the pod as a whole:
 * elsewhere the containers' say the same, and say it exactly, while those of the pod are read back from cgroups that round
 * them. They have the overhead in them, which must not be counted again.
 */
function podLevelAs(kind: keyof Told, spec: JsonObject, status: JsonObject): JsonObject {
  const requests = objectAt(spec, 'resources', 'requests');
  const list = toldIn(status)?.[kind] ?? NONE;
  const told = Object.entries(list).filter(([name]) => isPodLevel(name) && Object.hasOwn(requests, name));
  if (told.length === 0) return NONE;
  const overhead = Object.entries(objectAt(spec, 'overhead')).filter(([name]) => !told.some(([one]) => one === name));
  return {
    resources: { requests: { ...requests, ...Object.fromEntries(told) } },
    overhead: Object.fromEntries(overhead),
  };
}

function toldOf(container: JsonValue, statuses: readonly JsonValue[]): Told | undefined {
  const name = member(container, 'name') ?? '';
  for (const status of statuses) {
    if (isJsonObject(status) && (member(status, 'name') ?? '') === name) return toldIn(status);
  }
  return undefined;
}

/**
 * What a status tells; undefined from kubelets that tell nothing. What is allocated stands in for what the containers have, and not
 * the other way round; resources without requests say that there are none.
 */
function toldIn(status: JsonObject): Told | undefined {
  const resources = member(status, 'resources');
  const allocated = filled(member(status, 'allocatedResources'));
  const enacted = filled(member(resources, 'requests')) ?? allocated;
  if (enacted !== undefined) return { allocated, enacted };
  return isJsonObject(resources) ? { allocated: NONE, enacted: NONE } : undefined;
}

/** Protobuf does not tell an empty list from none. */
function filled(list: unknown): JsonObject | undefined {
  return isJsonObject(list) && isFilled(list) ? list : undefined;
}

const NONE: JsonObject = Object.freeze({});

function isFilled(list: JsonObject): boolean {
  for (const _ in list) return true;
  return false;
}

function isSame(a: JsonObject, b: JsonObject): boolean {
  return isWithin(a, b) && isWithin(b, a);
}

/** Whether the second has all that the first has. */
function isWithin(a: JsonObject, b: JsonObject): boolean {
  for (const name in a) if (a[name] !== b[name]) return false;
  return true;
}

function isInfeasible(status: JsonObject): boolean {
  return objects(status, 'conditions').some(
    (condition) =>
      text(condition, 'type') === 'PodResizePending' &&
      text(condition, 'status') === 'True' &&
      text(condition, 'reason') === 'Infeasible',
  );
}
