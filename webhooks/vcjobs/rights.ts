import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { unlessRuled } from '../policies/rights.ts';
import { bypassOf, bypassOfTemplate } from '../rights/bypass.ts';
import type { Right } from '../rights/right.ts';
import { useOf } from '../rights/queue-use.ts';
import { schedulerKind } from '../stamp.ts';
import { templatesOf } from './injected-tasks.ts';

/** What a Job of Volcano takes of its user: the queue that it names, or leave to run past the queues. That never changes afterwards. */
export function vcjobRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, operation, subresource } = request;
  if (operation !== 'CREATE' || subresource !== '' || object === undefined) return [];
  return jobSpecRights(request, objectAt(object, 'spec'), 'spec', view);
}

/**
 * The same of the spec of a Job wherever it stands, such as in `spec.jobTemplate.spec`. Nobody is asked for the pods, which Sluice
 * makes itself.
 */
export function jobSpecRights(
  request: AdmissionRequest,
  spec: JsonObject,
  path: string,
  view: ClusterView,
): readonly Right[] {
  const templates = templatesOf({ spec }, path);
  const name = stringAt(spec, ['queue']);
  const use = name === '' ? [] : useOf(request, { name, path: `${path}.queue` }, view);
  const [first] = templates;
  const asked = first === undefined ? use : unlessRuled(use, request, first.facts, view);
  if (!view.optedIn(request.namespace)) return asked;
  const bypass = templates.flatMap(({ facts }) => bypassOfTemplate(request, facts, view));
  return [...asked, ...foreign(request, spec, path, view), ...bypass];
}

function foreign({ namespace }: AdmissionRequest, spec: JsonObject, path: string, view: ClusterView): readonly Right[] {
  const name = stringAt(spec, ['schedulerName']);
  const isForeign = view.rights.bypass !== 'off' && schedulerKind(name) === 'foreign';
  return isForeign ? [bypassOf(namespace, `${path}.schedulerName`, name)] : [];
}
