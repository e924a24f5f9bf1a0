import { ADMISSION_ENABLED, ADMISSION_LABEL, QUEUE_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { keyPath } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { bypassOf } from '../rights/bypass.ts';
import { useOf } from '../rights/queue-use.ts';
import type { Right } from '../rights/right.ts';

/** Taking a namespace out takes its work past the queues; giving it a queue lets all of its users use that. */
export function namespaceRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject, name } = request;
  if (object === undefined) return [];
  const isOut = oldObject !== undefined && isOptedIn(oldObject) && !isOptedIn(object);
  const label = stringAt(object, ['metadata', 'labels', ADMISSION_LABEL]);
  const queue = queueOf(object);
  return [
    ...(isOut && view.rights.bypass !== 'off'
      ? [bypassOf(name, keyPath('metadata.labels', ADMISSION_LABEL), label)]
      : []),
    ...(queue === '' || queue === queueOf(oldObject ?? {})
      ? []
      : useOf(request, { name: queue, path: keyPath('metadata.annotations', QUEUE_NAME_ANNOTATION) }, view)),
  ];
}

function isOptedIn(namespace: JsonObject): boolean {
  return stringAt(namespace, ['metadata', 'labels', ADMISSION_LABEL]) === ADMISSION_ENABLED;
}

function queueOf(namespace: JsonObject): string {
  return stringAt(namespace, ['metadata', 'annotations', QUEUE_NAME_ANNOTATION]);
}
