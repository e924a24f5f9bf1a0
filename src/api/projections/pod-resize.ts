import { isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
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
  const standing = [specAs('allocated', spec, status), specAs('enacted', spec, status)];
  return isInfeasible(status) ? standing : [spec, ...standing];
}

/** Resource lists as a status has them. */
interface Told {
  readonly allocated: JsonObject;
  readonly enacted: JsonObject;
}

/** The two lists of containers in a spec, and where the status speaks of them. */
const CONTAINERS = [
  ['containers', 'containerStatuses'],
  ['initContainers', 'initContainerStatuses'],
] as const;

/** Texts are compared, since both sides come from the API server: equal amounts in other words only cost time. */
function isResizing(spec: JsonObject, status: JsonObject): boolean {
  for (const [list, statuses] of CONTAINERS) {
    const told = objects(status, statuses);
    if (told.length > 0 && objects(spec, list).some((container) => differs(container, told))) return true;
  }
  const requests = podLevelRequests(spec);
  const told = requests === NONE ? undefined : toldIn(status);
  return told !== undefined && !(isWithin(requests, told.allocated) && isWithin(requests, told.enacted));
}

function differs(container: JsonObject, statuses: readonly JsonObject[]): boolean {
  const told = toldOf(container, statuses);
  if (told === undefined) return false;
  const requests = objectAt(container, 'resources', 'requests');
  return !(isSame(requests, told.allocated) && isSame(requests, told.enacted));
}

/** The spec with the amounts that the status tells; where it tells none, the spec's own stand. */
function specAs(kind: keyof Told, spec: JsonObject, status: JsonObject): JsonObject {
  const lists = CONTAINERS.map(([list, statuses]) => {
    const told = objects(status, statuses);
    return [list, objects(spec, list).map((container) => containerAs(kind, container, told))] as const;
  });
  return { ...spec, ...Object.fromEntries(lists), ...podLevelAs(kind, spec, status) };
}

function containerAs(kind: keyof Told, container: JsonObject, statuses: readonly JsonObject[]): JsonObject {
  const told = toldOf(container, statuses);
  return told === undefined ? container : { ...container, resources: { requests: told[kind] } };
}

/**
 * A kubelet tells amounts of the whole pod for every pod. They are looked at only where the spec asks for the pod as a whole:
 * elsewhere the containers' say the same, and say it exactly, while those of the pod are read back from cgroups that round
 * them. They have the overhead in them, which must not be counted again.
 */
function podLevelAs(kind: keyof Told, spec: JsonObject, status: JsonObject): JsonObject {
  const requests = podLevelRequests(spec);
  const list = toldIn(status)?.[kind] ?? NONE;
  const told = Object.entries(list).filter(([name]) => Object.hasOwn(requests, name));
  if (told.length === 0) return NONE;
  const overhead = Object.entries(objectAt(spec, 'overhead')).filter(([name]) => !told.some(([one]) => one === name));
  return {
    resources: { requests: { ...requests, ...Object.fromEntries(told) } },
    overhead: Object.fromEntries(overhead),
  };
}

function podLevelRequests(spec: JsonObject): JsonObject {
  const all = Object.entries(objectAt(spec, 'resources', 'requests'));
  return all.length === 0 ? NONE : Object.fromEntries(all.filter(([name]) => isPodLevel(name)));
}

function toldOf(container: JsonObject, statuses: readonly JsonObject[]): Told | undefined {
  const name = text(container, 'name');
  const status = statuses.find((one) => text(one, 'name') === name);
  return status === undefined ? undefined : toldIn(status);
}

/**
 * What a status tells; undefined from kubelets that tell nothing. One list stands in for the other where that is missing,
 * and resources without requests say that there are none.
 */
function toldIn(status: JsonObject): Told | undefined {
  const resources = member(status, 'resources');
  const allocated = filled(member(status, 'allocatedResources'));
  const enacted = filled(member(resources, 'requests'));
  const either = allocated ?? enacted ?? (isJsonObject(resources) ? NONE : undefined);
  return either === undefined ? undefined : { allocated: allocated ?? either, enacted: enacted ?? either };
}

/** Protobuf does not tell an empty list from none. */
function filled(list: unknown): JsonObject | undefined {
  return isJsonObject(list) && Object.keys(list).length > 0 ? list : undefined;
}

const NONE: JsonObject = Object.freeze({});

function isSame(a: JsonObject, b: JsonObject): boolean {
  return Object.keys(a).length === Object.keys(b).length && isWithin(a, b);
}

/** Whether the second has all that the first has. */
function isWithin(a: JsonObject, b: JsonObject): boolean {
  return Object.keys(a).every((name) => a[name] === b[name]);
}

function isInfeasible(status: JsonObject): boolean {
  return objects(status, 'conditions').some(
    (condition) =>
      text(condition, 'type') === 'PodResizePending' &&
      text(condition, 'status') === 'True' &&
      text(condition, 'reason') === 'Infeasible',
  );
}
