import type { NodeShape } from '../../control-plane/node-shape.ts';
import { queue } from './manifest.ts';

/** Room for a sixth of the load's pods at a time; the GPUs are the scarcer part. */
export const GANG_CLUSTER: readonly NodeShape[] = [
  { count: 7, namePrefix: 'gpu', cpu: '16', memory: '64Gi', gpus: 8 },
  { count: 7, namePrefix: 'cpu', cpu: '16', memory: '48Gi' },
];

/** A queue with a ceiling beside the default one: the largest gang of the load fits below it. */
export const GANG_QUEUES: readonly object[] = [
  queue('capped', { capability: { cpu: '72', memory: '160Gi', 'nvidia.com/gpu': '24' } }),
];

/** Where the gangs go: most of them into the queue that may take all of the cluster. */
export const GANG_QUEUE_NAMES = ['default', 'default', 'capped'] as const;

/** A whole number from the environment, for runs that are larger or smaller than CI's. */
export function settingOf(name: string, fallback: number): number {
  const value = process.env[name];
  return value === undefined || value === '' ? fallback : Number(value);
}
