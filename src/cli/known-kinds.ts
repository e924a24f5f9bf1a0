import type { ResourceType } from '../api/resources.ts';
import type { KnownKind } from '../engine/roots/served-kinds.ts';

/** The workload kinds that Sluice knows of by itself. */
export const KNOWN_KINDS: readonly KnownKind[] = [
  kind('kubeflow.org', 'v1', 'pytorchjobs', 'PyTorchJob'),
  kind('jobset.x-k8s.io', 'v1alpha2', 'jobsets', 'JobSet'),
];

function kind(group: string, version: string, plural: string, name: string): KnownKind {
  const type: ResourceType = { group, version, plural, kind: name, namespaced: true };
  return { type };
}
