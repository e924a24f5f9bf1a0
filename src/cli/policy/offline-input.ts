import { WORKLOAD_KINDS } from '../../api/resources.ts';
import { objectAt, stringAt } from '../../lib/json.ts';
import type { InputMistake, Manifest } from './manifest.ts';
import type { OfflineUser } from './offline-user.ts';
import { readBook } from './policy-book.ts';
import { readManifests } from './read-manifests.ts';
import type { OfflineWorld } from './report-object.ts';
import { isContext, isNamespaced, isOf, isReviewed } from './sorts.ts';
import { workloadKindErrors } from '../../../webhooks/workload-kinds/validate.ts';
import { unknownRoles } from './declared-rights.ts';
import { offlineKinds } from './offline-rows.ts';
import { TEST_FILE_NAMES } from './test-file.ts';

/** What a command works on. */
export interface OfflineInput {
  readonly world: OfflineWorld;
  /** The objects that are asked about, in the order in which they were read. */
  readonly resources: readonly Manifest[];
  /** Whatever keeps the input from being used. */
  readonly mistakes: readonly InputMistake[];
}

/** Reads all files and sorts the objects: policies, what a review looks up, and what is reviewed. */
export async function readInput(
  paths: readonly string[],
  { user, namespace }: { readonly user: OfflineUser; readonly namespace: string },
): Promise<OfflineInput> {
  const { manifests: all, mistakes } = await readManifests(paths);
  const manifests = all.filter(({ file }) => !isTestFile(file)).map((manifest) => inNamespace(manifest, namespace));
  const book = readBook(manifests);
  const context = manifests.filter(({ object }) => isContext(object));
  const kinds = context.filter(({ object }) => isOf(object, WORKLOAD_KINDS));
  return {
    world: {
      user,
      policies: book.entries,
      context: context.map(({ object }) => object),
      kinds: offlineKinds(kinds.map(({ object }) => object)),
    },
    resources: manifests.filter(({ object }) => isReviewed(object)),
    mistakes: [...mistakes, ...book.mistakes, ...kinds.flatMap(kindMistakes), ...unknownRoles(context)],
  };
}

function kindMistakes({ object, file, placeOf }: Manifest): readonly InputMistake[] {
  return workloadKindErrors(object).map(({ path, message }) => ({
    file,
    place: placeOf(path),
    message: `${path}: ${message}`,
  }));
}

function isTestFile(file: string): boolean {
  return TEST_FILE_NAMES.some((name) => file === name || file.endsWith(`/${name}`));
}

/** As kubectl does: what names no namespace is in the one that was chosen. */
function inNamespace(manifest: Manifest, namespace: string): Manifest {
  const { object } = manifest;
  return isNamespaced(object) && stringAt(object, ['metadata', 'namespace']) === ''
    ? { ...manifest, object: { ...object, metadata: { ...objectAt(object, 'metadata'), namespace } } }
    : manifest;
}
