import type { KnownKind } from '../engine/roots/served-kinds.ts';

/** The workload kinds that Sluice knows of by itself. */
export const KNOWN_KINDS: readonly KnownKind[] = [
  { group: 'kubeflow.org', versions: ['v1'], resource: 'pytorchjobs', kind: 'PyTorchJob' },
  { group: 'jobset.x-k8s.io', versions: ['v1alpha2'], resource: 'jobsets', kind: 'JobSet' },
];
