import { arrayAt, isJsonObject, member, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

/** The objects of an installation, as one who looks for what they name finds them. */
export class InstalledObjects {
  readonly #all: readonly JsonObject[];

  constructor(all: readonly JsonObject[]) {
    this.#all = all;
  }

  of(kind: string): readonly JsonObject[] {
    return this.#all.filter((object) => stringAt(object, ['kind']) === kind);
  }

  /** Whether there is an object of that name, in that namespace where one is given. */
  has(kind: string, name: string, namespace = ''): boolean {
    return this.of(kind).some(
      (object) => nameOf(object) === name && (namespace === '' || namespaceOf(object) === namespace),
    );
  }

  /** Deployments whose pods have all these labels; none where no label is wanted. */
  running(labels: JsonObject, namespace: string): readonly JsonObject[] {
    if (Object.keys(labels).length === 0) return [];
    return this.of('Deployment').filter(
      (object) => namespaceOf(object) === namespace && matches(labels, podLabelsOf(object)),
    );
  }
}

export function matches(wanted: JsonObject, labels: JsonObject): boolean {
  return Object.entries(wanted).every(([key, value]) => member(labels, key) === value);
}

/** `Service sluice-webhook`. */
export function titleOf(object: JsonObject): string {
  return `${stringAt(object, ['kind'])} ${nameOf(object)}`;
}

export function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}

export function namespaceOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'namespace']);
}

export function podLabelsOf(deployment: JsonObject): JsonObject {
  return objectAt(deployment, 'spec', 'template', 'metadata', 'labels');
}

/** Objects of a list; what is none is left out. */
export function objectsAt(value: unknown, ...path: readonly string[]): readonly JsonObject[] {
  return arrayAt(value, ...path).filter(isJsonObject);
}

export function containersOf(deployment: JsonObject): readonly JsonObject[] {
  return objectsAt(deployment, 'spec', 'template', 'spec', 'containers');
}

/** Numbers of the ports of its pods by their names. */
export function portsOf(deployment: JsonObject): ReadonlyMap<string, unknown> {
  const ports = containersOf(deployment).flatMap((one) => objectsAt(one, 'ports'));
  return new Map(ports.map((port) => [stringAt(port, ['name']), member(port, 'containerPort')]));
}
