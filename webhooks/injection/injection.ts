/** What a node must offer or lack: one expression of a node selector term. */
export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** Nodes that are wished for: all requirements together, from 1 (little) to 100. */
export interface NodePreference {
  readonly weight: number;
  readonly requirements: readonly NodeRequirement[];
}

/** A taint that is put up with. An empty key with `Exists` stands for all, an empty effect for every effect. */
export interface Toleration {
  readonly key: string;
  readonly operator: 'Equal' | 'Exists';
  readonly value: string;
  readonly effect: string;
  readonly tolerationSeconds?: number;
}

/** So much of an extended resource for one container, as request and limit. */
export interface ContainerResource {
  /** Index among the containers. */
  readonly container: number;
  readonly name: string;
  /** A quantity. */
  readonly amount: string;
}

/** A ResourceClaim for one container, made from a template of the namespace for each pod. */
export interface ContainerClaim {
  /** Index among the containers. */
  readonly container: number;
  /** What the pod calls it. */
  readonly name: string;
  readonly template: string;
}

/** What admission adds to a pod or to the template of pods. */
export interface Injection {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  /** Of every node that the pod may run on, whatever else its own terms ask for. */
  readonly nodeRequirements: readonly NodeRequirement[];
  readonly nodePreferences: readonly NodePreference[];
  readonly schedulingGates: readonly string[];
  readonly resources: readonly ContainerResource[];
  readonly claims: readonly ContainerClaim[];
  readonly runtimeClassName?: string;
  readonly priorityClassName?: string;
}

/** Adds nothing: one shared value. */
export const NO_INJECTION: Injection = Object.freeze({
  labels: Object.freeze({}),
  annotations: Object.freeze({}),
  tolerations: Object.freeze([]),
  nodeRequirements: Object.freeze([]),
  nodePreferences: Object.freeze([]),
  schedulingGates: Object.freeze([]),
  resources: Object.freeze([]),
  claims: Object.freeze([]),
});

/** All together; of what may be there once the first one counts. */
export function joinInjections(...parts: readonly Injection[]): Injection {
  const real = parts.filter((part) => part !== NO_INJECTION);
  const [first = NO_INJECTION] = real;
  if (real.length <= 1) return first;
  const runtimeClassName = real.find((part) => part.runtimeClassName !== undefined)?.runtimeClassName;
  const priorityClassName = real.find((part) => part.priorityClassName !== undefined)?.priorityClassName;
  return {
    labels: joinMaps(real.map(({ labels }) => labels)),
    annotations: joinMaps(real.map(({ annotations }) => annotations)),
    tolerations: real.flatMap(({ tolerations }) => tolerations),
    nodeRequirements: real.flatMap(({ nodeRequirements }) => nodeRequirements),
    nodePreferences: real.flatMap(({ nodePreferences }) => nodePreferences),
    schedulingGates: real.flatMap(({ schedulingGates }) => schedulingGates),
    resources: real.flatMap(({ resources }) => resources),
    claims: real.flatMap(({ claims }) => claims),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
  };
}

function joinMaps(maps: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  return Object.fromEntries(maps.toReversed().flatMap((map) => Object.entries(map)));
}
