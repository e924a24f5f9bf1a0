import { MAX_DATASET_CLAIMS, parseDatasetClaims } from '../../src/api/dataset-claims.ts';
import type { DatasetClaim } from '../../src/api/dataset-claims.ts';
import { DATASET_LABEL, DATASETS_ANNOTATION } from '../../src/api/keys.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClusterView } from '../admission.ts';
import { DATASET_VIEW } from '../view-kinds.ts';

/** Where somebody may have said which datasets pods read. */
export interface ClaimPlace {
  readonly annotations: JsonObject;
  readonly labels: JsonObject;
  /** Where the object stands: empty, or `spec.template.`. */
  readonly path: string;
}

/** Datasets that are named, and the field that they were read from. */
export type FoundClaims =
  | { readonly kind: 'none' }
  | { readonly kind: 'claims'; readonly claims: readonly DatasetClaim[]; readonly path: string }
  | { readonly kind: 'error'; readonly error: FieldError };

/** Those of the first place that names some; an annotation goes before a label. */
export function findClaims(places: readonly ClaimPlace[]): FoundClaims {
  for (const { annotations, labels, path } of places) {
    const text = stringAt(annotations, [DATASETS_ANNOTATION]);
    if (text !== '') return read(text, keyPath(`${path}metadata.annotations`, DATASETS_ANNOTATION));
    const label = stringAt(labels, [DATASET_LABEL]);
    if (label !== '') return read(label, keyPath(`${path}metadata.labels`, DATASET_LABEL));
  }
  return { kind: 'none' };
}

function read(text: string, path: string): FoundClaims {
  const claims = parseDatasetClaims(text);
  if (claims !== undefined) return { kind: 'claims', claims, path };
  const message = `must name datasets of the namespace, such as "a,b!", ${MAX_DATASET_CLAIMS} at most; "!" for those that must be near`;
  return { kind: 'error', error: fieldError(path, 'FieldValueInvalid', text, message) };
}

/** Datasets that lie in the volumes which the pods mount, in the order of these. */
export function mountedDatasets(spec: JsonObject, namespace: string, view: ClusterView): readonly DatasetClaim[] {
  const names = arrayAt(spec, 'volumes').flatMap((volume) => {
    const claim = stringAt(volume, ['persistentVolumeClaim', 'claimName']);
    if (claim === '') return [];
    return view
      .of(DATASET_VIEW)
      .by('claim', `${namespace}/${claim}`)
      .map(({ name }) => name);
  });
  const some = [...new Set(names)].toSorted().slice(0, MAX_DATASET_CLAIMS);
  return some.map((name) => ({ name, isRequired: false }));
}
