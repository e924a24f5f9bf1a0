import { apiVersion, VCJOBS } from '../../../src/api/resources.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';

const CONTAINER: JsonObject = { name: 'main', image: 'busybox' };

/** A container like all others but for some members. */
export function container(over: JsonObject = {}): JsonObject {
  return { ...CONTAINER, ...over };
}

/** A template of one container, with more in its pod spec. */
export function template(spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { metadata, spec: { restartPolicy: 'Never', containers: [CONTAINER], ...spec } };
}

/** Two pods of one kind. */
export function task(over: JsonObject = {}): JsonObject {
  return { name: 'worker', replicas: 2, template: template(), ...over };
}

/** A Job of Volcano that nothing is wrong with, but for what is said. */
export function vcjob(spec: Readonly<Record<string, JsonValue>> = {}, name = 'train'): JsonObject {
  return {
    apiVersion: apiVersion(VCJOBS),
    kind: VCJOBS.kind,
    metadata: { name, namespace: 'team-a' },
    spec: { tasks: [task()], ...spec },
  };
}

/** The same, with one task whose template is said. */
export function vcjobOf(podSpec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return vcjob({ tasks: [task({ template: template(podSpec, metadata) })] });
}

/** The same, with one container that is said. */
export function vcjobWith(over: JsonObject, podSpec: JsonObject = {}): JsonObject {
  return vcjobOf({ ...podSpec, containers: [container(over)] });
}
