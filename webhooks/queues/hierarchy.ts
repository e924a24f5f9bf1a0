import { HIERARCHY_ANNOTATION, HIERARCHY_WEIGHTS_ANNOTATION } from '../../src/api/keys.ts';
import { readHierarchy } from '../../src/api/queue-hierarchy.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClusterView } from '../admission.ts';
import { QUEUE_VIEW } from '../view-kinds.ts';

/** What the annotations of a queue say of its place. */
export function hierarchyTexts(queue: JsonObject): readonly [path: string, weights: string] {
  const annotations = objectAt(queue, 'metadata', 'annotations');
  return [stringAt(annotations, [HIERARCHY_ANNOTATION]), stringAt(annotations, [HIERARCHY_WEIGHTS_ANNOTATION])];
}

/** Whoever changes something else of a queue need not mend what was there before. */
export function hierarchyErrors(
  name: string,
  queue: JsonObject,
  old: JsonObject | undefined,
  view: ClusterView,
): readonly FieldError[] {
  const [path, weights] = hierarchyTexts(queue);
  if (path === '' && weights === '') return [];
  const [oldPath, oldWeights] = hierarchyTexts(old ?? {});
  if (path === oldPath && weights === oldWeights) return [];
  const read = readHierarchy({ path, weights });
  if (read.kind === 'problem')
    return [annotationError(read.annotation, read.value, messageOf(path, weights, read.problem))];
  const tooSmall = weights.split('/').find((weight) => weights !== '' && Number(weight) <= 0);
  if (tooSmall !== undefined) {
    const message = `${tooSmall} in the ${weights} must be larger than 0`;
    return [annotationError(HIERARCHY_WEIGHTS_ANNOTATION, weights, message)];
  }
  return belowItself(name, path, view);
}

function messageOf(path: string, weights: string, problem: string): string {
  if (path.split('/').length === weights.split('/').length) return problem;
  return `${HIERARCHY_ANNOTATION} must have the same length with ${HIERARCHY_WEIGHTS_ANNOTATION}: ${problem}`;
}

/** A queue with a place has no places below it: those are of queues alone that end a path. */
function belowItself(name: string, path: string, view: ClusterView): readonly FieldError[] {
  for (const other of view.of(QUEUE_VIEW).values()) {
    const place = other.hierarchy?.path ?? '';
    if (other.name === name || !place.startsWith(`${path}/`)) continue;
    const message = `${path} is not allowed to be in the sub path of ${place} of queue ${other.name}`;
    return [annotationError(HIERARCHY_ANNOTATION, path, message)];
  }
  return [];
}

function annotationError(annotation: string, value: string, message: string): FieldError {
  return fieldError(keyPath('metadata.annotations', annotation), 'FieldValueInvalid', value, message);
}
