import { bool, int, text } from './face.ts';
import type { Flag } from './face.ts';

/** Both are one letter in all of Volcano's commands, but which is which differs: `-n` is the namespace of vcctl, the name of vjobs. */
export interface Letters {
  readonly name: string;
  readonly namespace: string;
}

const AMOUNTS = 'cpu=1000m,memory=100Mi';
export const VCCTL_LETTERS: Letters = { name: 'N', namespace: 'n' };

/** The flags that name a job. */
export function jobFlags({ name, namespace }: Letters): readonly Flag[] {
  return [text('namespace', namespace, 'default', 'the namespace of job'), text('name', name, '', 'the name of job')];
}

/** The flags that choose among jobs. */
export const FILTER_FLAGS: readonly Flag[] = [
  text('scheduler', 'S', '', 'list job with specified scheduler name'),
  text('queue', 'q', '', 'list job with specified queue name'),
  bool('all-namespaces', 'list jobs in all namespaces'),
  text('selector', '', '', 'fuzzy matching jobName'),
];

/** The flags that describe the pods of a new job. */
export const POD_FLAGS: readonly Flag[] = [
  int('min', 'm', 1, 'the minimal available tasks of job'),
  int('replicas', 'r', 1, 'the total tasks of job'),
  text('requests', 'R', AMOUNTS, 'the resource request of the task'),
  text('limits', 'L', AMOUNTS, 'the resource limit of the task'),
];
