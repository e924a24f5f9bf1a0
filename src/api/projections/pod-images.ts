import { member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { objects, text } from './metadata.ts';

/** Images that the pod needs on its node, sorted, one entry for each use: a name without tag or digest means the newest. */
export function podImages(spec: JsonObject): string[] {
  const names: string[] = [];
  for (const container of objects(spec, 'containers')) add(names, text(container, 'image'));
  for (const container of objects(spec, 'initContainers')) add(names, text(container, 'image'));
  for (const volume of objects(spec, 'volumes')) add(names, imageOfVolume(volume));
  return names.length > 1 ? names.sort() : names;
}

/** Without garbage: each pod that the watch tells of is asked, and most have one image. */
function add(names: string[], name: string): void {
  if (name !== '') names.push(withTag(name));
}

function imageOfVolume(volume: JsonObject): string {
  const reference = member(member(volume, 'image'), 'reference');
  return typeof reference === 'string' ? reference : '';
}

/** A colon before the last slash is that of a registry's port. */
function withTag(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name;
}
