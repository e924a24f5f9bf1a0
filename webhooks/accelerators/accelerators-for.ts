import { ACCELERATORS_ANNOTATION } from '../../src/api/keys.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { NO_INJECTION } from '../injection/injection.ts';
import { NO_WANT } from '../injection/want.ts';
import type { Want } from '../injection/want.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { refuse } from '../verdict.ts';
import { RUNTIME_CLASS_VIEW } from '../view-kinds.ts';
import { findWish } from './find-wish.ts';
import type { FoundWish, WishPlace } from './find-wish.ts';
import { translate } from './translate.ts';
import { formatWish } from '../../src/api/accelerators/wish.ts';

/** What a wish for devices comes to: of the pod or template itself, else of the object that it stands in. */
export function acceleratorsFor(request: AdmissionRequest, template: TemplateFacts, view: ClusterView): Want {
  const found = wishOf(request, template);
  if (found.kind === 'none') return NO_WANT;
  if (found.kind === 'error') {
    return { injection: NO_INJECTION, warnings: [], denial: refuse('AcceleratorsRefused', found.error) };
  }
  const { injection, warnings, errors } = translate(found, template, {
    inventory: view.devices(),
    hasRuntimeClass: (name) => view.of(RUNTIME_CLASS_VIEW).get(name) !== undefined,
  });
  const isHandedDown = injection !== NO_INJECTION && !found.path.startsWith(`${template.path}metadata.`);
  // A pod is reviewed by itself as well: what is asked for has to stand on it.
  const own = isHandedDown ? { [ACCELERATORS_ANNOTATION]: formatWish(found.wish) } : {};
  return {
    injection:
      injection === NO_INJECTION ? injection : { ...injection, annotations: { ...injection.annotations, ...own } },
    warnings,
    denial: errors.length === 0 ? undefined : refuse('AcceleratorsRefused', ...errors),
  };
}

/** What was handed down to a template before follows the object that it came from. */
function wishOf({ object, oldObject }: AdmissionRequest, template: TemplateFacts): FoundWish {
  if (template.path === '') return findWish([template]);
  const root = findWish([rootPlace(object)]);
  const before = oldObject === undefined ? root : findWish([rootPlace(oldObject)]);
  const wasHandedDown =
    root.kind !== 'none' &&
    before.kind === 'wish' &&
    stringAt(template.annotations, [ACCELERATORS_ANNOTATION]) === formatWish(before.wish);
  const own = wasHandedDown ? root : findWish([template]);
  return own.kind === 'none' ? root : own;
}

function rootPlace(object: JsonObject | undefined): WishPlace {
  const metadata = objectAt(object, 'metadata');
  return { annotations: objectAt(metadata, 'annotations'), labels: objectAt(metadata, 'labels'), path: '' };
}
