import type { TaintRecord, Toleration } from '../../api/records/scheduling-shape.ts';

/** What a node is for a while only: cordoned, under pressure, not heard of. */
const PASSING_KEYS: readonly string[] = [
  'unschedulable',
  'not-ready',
  'unreachable',
  'memory-pressure',
  'disk-pressure',
  'pid-pressure',
  'network-unavailable',
].map((name) => `node.kubernetes.io/${name}`);

/** Bears all that passes. */
export const PASSING: readonly Toleration[] = PASSING_KEYS.map((key) => {
  return { key, operator: 'Exists', value: '', effect: '' };
});

/** The node has the taint for a while only, as a rule. */
export function isPassing({ key }: TaintRecord): boolean {
  return PASSING_KEYS.includes(key);
}
