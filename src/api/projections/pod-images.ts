import { member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { objects, text } from './metadata.ts';

/** Images that the pod needs on its node, sorted, one entry for each use: a name without tag or digest means the newest. */
export function podImages(spec: JsonObject): string[] {
  const containers = [...objects(spec, 'initContainers'), ...objects(spec, 'containers')];
  const named = containers.map((container) => text(container, 'image'));
  for (const volume of objects(spec, 'volumes')) named.push(imageOfVolume(volume));
  return named
    .filter((name) => name !== '')
    .map(withTag)
    .toSorted();
}

function imageOfVolume(volume: JsonObject): string {
  const reference = member(member(volume, 'image'), 'reference');
  return typeof reference === 'string' ? reference : '';
}

/** A colon before the last slash is that of a registry's port. */
function withTag(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;
}
