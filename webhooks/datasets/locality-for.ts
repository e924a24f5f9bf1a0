import { formatDatasetClaims } from '../../src/api/dataset-claims.ts';
import type { DatasetClaim } from '../../src/api/dataset-claims.ts';
import { DATASETS_ANNOTATION, DATASETS_APPLIED_ANNOTATION } from '../../src/api/keys.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { NO_INJECTION } from '../injection/injection.ts';
import { NO_WANT } from '../injection/want.ts';
import type { Want } from '../injection/want.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { refuse } from '../verdict.ts';
import { DATASET_VIEW } from '../view-kinds.ts';
import { findClaims, mountedDatasets } from './find-claims.ts';
import type { ClaimPlace, FoundClaims } from './find-claims.ts';
import { MOST_REQUIRED, nearestCount, nearRequirement, nearTerms } from './terms.ts';

/**
 * Wishes for nodes near the datasets that a pod or template claims, and requirements where it insists. Claims that were applied
 * to it already change nothing: the scheduler looks at where data lies by itself.
 */
export function localityFor(request: AdmissionRequest, template: TemplateFacts, view: ClusterView): Want {
  const { namespace } = request;
  const found = claimsOf(request, template);
  if (found.kind === 'error') return refused(refuse('DatasetNotFound', found.error));
  const mounted = mountedDatasets(template.spec, namespace, view);
  if (found.kind === 'none' && mounted.length === 0) return NO_WANT;
  const named = found.kind === 'claims' ? found.claims : [];
  const claims = [...named, ...mounted.filter(({ name }) => !named.some((one) => one.name === name))];
  const text = formatDatasetClaims(claims.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  if (stringAt(template.annotations, [DATASETS_APPLIED_ANNOTATION]) === text) return NO_WANT;
  return nearTo(claims, text, { namespace, path: found.kind === 'claims' ? found.path : '' }, view);
}

function nearTo(
  claims: readonly DatasetClaim[],
  text: string,
  { namespace, path }: { readonly namespace: string; readonly path: string },
  view: ClusterView,
): Want {
  const datasets = claims.map((claim) => ({ claim, dataset: view.of(DATASET_VIEW).get(`${namespace}/${claim.name}`) }));
  const errors = datasets.flatMap(({ claim, dataset }) => {
    if (!claim.isRequired || !view.synced) return [];
    if (dataset === undefined) return [fieldError(path, 'FieldValueNotFound', claim.name, NO_DATASET)];
    return nearRequirement(dataset) === undefined
      ? [fieldError(path, 'FieldValueInvalid', claim.name, LIES_NOWHERE)]
      : [];
  });
  if (errors.length > 0) return refused(refuse('DatasetNotFound', ...errors));
  const known = datasets.filter(({ dataset }) => dataset !== undefined);
  return {
    injection: {
      ...NO_INJECTION,
      annotations: { [DATASETS_ANNOTATION]: text, [DATASETS_APPLIED_ANNOTATION]: text },
      nodePreferences: known.flatMap(({ dataset }) => (dataset === undefined ? [] : nearTerms(dataset, claims.length))),
      nodeRequirements: known.flatMap(({ claim, dataset }) =>
        claim.isRequired && dataset !== undefined ? (nearRequirement(dataset) ?? []) : [],
      ),
    },
    warnings: datasets.flatMap(({ claim, dataset }) => {
      if (dataset === undefined)
        return [`${path}: there is no Dataset ${claim.name} in namespace ${namespace} yet: it is near nowhere`];
      const count = claim.isRequired ? nearestCount(dataset) : 0;
      const most = `pods are held to the first ${MOST_REQUIRED}`;
      return count > MOST_REQUIRED ? [`${path}: Dataset ${claim.name} lies in ${count} domains: ${most}`] : [];
    }),
    denial: undefined,
  };
}

const NO_DATASET = 'there is no such Dataset in the namespace, and pods that insist on it could run nowhere';
const LIES_NOWHERE = 'nothing of it is cached anywhere yet, and pods that insist on it could run nowhere';

function refused(denial: Want['denial']): Want {
  return { injection: NO_INJECTION, warnings: [], denial };
}

/** What was handed down to a template before follows the object that it came from. */
function claimsOf({ object, oldObject }: AdmissionRequest, template: TemplateFacts): FoundClaims {
  if (template.path === '') return findClaims([template]);
  const root = findClaims([rootPlace(object)]);
  const before = oldObject === undefined ? root : findClaims([rootPlace(oldObject)]);
  const wasHandedDown =
    root.kind !== 'none' &&
    before.kind === 'claims' &&
    stringAt(template.annotations, [DATASETS_ANNOTATION]) === formatDatasetClaims(before.claims);
  const own = wasHandedDown ? root : findClaims([template]);
  return own.kind === 'none' ? root : own;
}

function rootPlace(object: JsonObject | undefined): ClaimPlace {
  const metadata = objectAt(object, 'metadata');
  return { annotations: objectAt(metadata, 'annotations'), labels: objectAt(metadata, 'labels'), path: '' };
}
