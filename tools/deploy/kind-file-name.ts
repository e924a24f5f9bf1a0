import type { KindDefinition } from '../../src/api/kinds/crd.ts';

/** The files of a kind are called so: `PodGroup` -> `pod-group`, unless it says otherwise. */
export function kindFileName(kind: KindDefinition): string {
  if (kind.file !== undefined) return kind.file;
  return kind.type.kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
