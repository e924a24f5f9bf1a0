import { arrayAt, isJsonObject, memberAt, objectAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../../lib/json.ts';

export type ContainerList = 'containers' | 'initContainers';

/** The pod with each container of its lists changed; a list that is not there stays away. */
export function mapContainers(
  pod: JsonObject,
  lists: readonly ContainerList[],
  change: (container: JsonObject) => JsonObject,
): JsonObject {
  const spec = objectAt(pod, 'spec');
  const changed = lists
    .filter((list) => memberAt(spec, list) !== undefined)
    .map((list) => [list, arrayAt(spec, list).map((one) => (isJsonObject(one) ? change(one) : one))] as const);
  return { ...pod, spec: { ...spec, ...Object.fromEntries(changed) } };
}

/**
 * The container with variables at the end, where the last of a name is the one that counts: what a plugin says goes before
 * what the template says, as with Volcano.
 */
export function withEnv(container: JsonObject, variables: readonly JsonObject[]): JsonObject {
  return withEntries(container, 'env', variables, (has, wanted) => JSON.stringify(has) === JSON.stringify(wanted));
}

/** The container with the port, unless it has that number already. */
export function withPort(container: JsonObject, name: string, containerPort: number): JsonObject {
  const wanted = { name, containerPort };
  return withEntries(container, 'ports', [wanted], (has) => memberAt(has, 'containerPort') === containerPort);
}

/** The container with the mount, unless something is mounted there already. */
export function withMount(container: JsonObject, mount: JsonObject): JsonObject {
  return withEntries(container, 'volumeMounts', [mount], sameBy('mountPath'));
}

/** The pod with the volume, unless it has one of that name. */
export function withVolume(pod: JsonObject, volume: JsonObject): JsonObject {
  return { ...pod, spec: withEntries(objectAt(pod, 'spec'), 'volumes', [volume], sameBy('name')) };
}

function sameBy(key: string): (has: JsonValue, wanted: JsonObject) => boolean {
  return (has, wanted) => stringAt(has, [key]) === wanted[key];
}

function withEntries(
  owner: JsonObject,
  list: string,
  entries: readonly JsonObject[],
  isSame: (has: JsonValue, wanted: JsonObject) => boolean,
): JsonObject {
  const before = arrayAt(owner, list);
  const added = entries.filter((wanted) => !before.some((has) => isSame(has, wanted)));
  return added.length === 0 ? owner : { ...owner, [list]: [...before, ...added] };
}
