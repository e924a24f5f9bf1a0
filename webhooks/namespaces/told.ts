import { ADMISSION_ENABLED, ADMISSION_LABEL, QUEUE_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { allow, UNCHANGED } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';

/** Values by which somebody means that the namespace is out. */
const MEANT_AS_OUT: ReadonlySet<string> = new Set(['', 'disabled', 'false', 'no', 'off']);

/** A slip of the pen in what opts a namespace in shows nowhere else: its work is placed past the queues, or refused. */
export function toldOfNamespace(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, oldObject = {} } = request;
  if (object === undefined) return UNCHANGED;
  const warnings = [...labelWarning(object, oldObject), ...queueWarning(object, oldObject, view)];
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

function labelWarning(object: JsonObject, before: JsonObject): readonly string[] {
  const label = textAt(object, 'labels', ADMISSION_LABEL);
  if (label === ADMISSION_ENABLED || MEANT_AS_OUT.has(label)) return [];
  if (label === textAt(before, 'labels', ADMISSION_LABEL)) return [];
  return [`label ${ADMISSION_LABEL}=${label} opts nothing in; that takes ${ADMISSION_ENABLED}`];
}

function queueWarning(object: JsonObject, before: JsonObject, view: ClusterView): readonly string[] {
  const queue = textAt(object, 'annotations', QUEUE_NAME_ANNOTATION);
  if (queue === '' || queue === textAt(before, 'annotations', QUEUE_NAME_ANNOTATION)) return [];
  if (!view.synced || view.queue(queue) !== undefined) return [];
  return [`queue ${queue} is not there yet: until it is, work that names no other is refused`];
}

function textAt(namespace: JsonObject, map: string, key: string): string {
  return stringAt(namespace, ['metadata', map, key]);
}
