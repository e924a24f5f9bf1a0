import type { OwnerRecord } from '../../src/api/records/owner-record.ts';
import { arrayAt, member, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import { namedGroup } from '../named-group.ts';

/** The parts of a new pod that decide what becomes of it. */
export interface PodFacts {
  readonly request: AdmissionRequest;
  readonly pod: JsonObject;
  readonly annotations: JsonObject;
  readonly labels: JsonObject;
  readonly spec: JsonObject;
  readonly schedulerName: string;
  /** Group that the pod names, empty when none. */
  readonly group: string;
  readonly owner: OwnerRecord | undefined;
}

/** Reads the facts once; nothing here depends on the cluster. */
export function readPodFacts(request: AdmissionRequest, pod: JsonObject): PodFacts {
  const metadata = member(pod, 'metadata');
  const annotations = objectAt(metadata, 'annotations');
  const spec = objectAt(pod, 'spec');
  return {
    request,
    pod,
    annotations,
    spec,
    labels: objectAt(metadata, 'labels'),
    schedulerName: text(spec, 'schedulerName'),
    group: namedGroup(pod),
    owner: controllerOf(arrayAt(metadata, 'ownerReferences')),
  };
}

/** The member when it is a string, else empty. */
export function text(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}

/** True for the pods of a batch/v1 Job. */
export function isOfJob(owner: OwnerRecord | undefined): boolean {
  return owner?.kind === 'Job' && owner.apiVersion.startsWith('batch/');
}

/** Only `controller: true` counts: other owners just keep the pod from being collected. */
function controllerOf(references: readonly unknown[]): OwnerRecord | undefined {
  const controller = references.find((reference) => member(reference, 'controller') === true);
  if (controller === undefined) return undefined;
  return {
    apiVersion: stringAt(controller, ['apiVersion']),
    kind: stringAt(controller, ['kind']),
    name: stringAt(controller, ['name']),
    uid: stringAt(controller, ['uid']),
  };
}
