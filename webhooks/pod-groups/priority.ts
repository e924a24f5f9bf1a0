/** Kubernetes keeps this prefix for classes of its own, which come before all work of users. */
const SYSTEM_PREFIX = 'system-';

export function isSystemClass(name: string): boolean {
  return name.startsWith(SYSTEM_PREFIX);
}
