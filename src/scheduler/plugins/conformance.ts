import type { Plugin } from '../framework/plugin.ts';
import type { Task } from '../model/task.ts';

/** Keeps what the cluster itself needs from being evicted: its own priority classes, and all of kube-system. */
export const conformance: Plugin = {
  name: 'conformance',
  make: () => ({ shelterFn: isOfTheCluster }),
};

const CLUSTER_CLASSES: ReadonlySet<string> = new Set(['system-cluster-critical', 'system-node-critical']);

function isOfTheCluster({ record }: Task): boolean {
  return record.namespace === 'kube-system' || CLUSTER_CLASSES.has(record.priorityClassName);
}
