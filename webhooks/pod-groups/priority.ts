import type { ClusterView } from '../admission.ts';

/** Kubernetes keeps this prefix for classes of its own, which come before all work of users. */
const SYSTEM_PREFIX = 'system-';

export function isSystemClass(name: string): boolean {
  return name.startsWith(SYSTEM_PREFIX);
}

/** Of a group, or of what groups are made for: a class that does not exist, where the name is new. */
export function classWarnings(name: string, before: string | undefined, view: ClusterView): readonly string[] {
  if (name === '' || name === before || !view.synced || view.priorityClass(name) !== undefined) return [];
  return [`spec.priorityClassName: there is no PriorityClass ${name}: until there is, the default one counts`];
}
