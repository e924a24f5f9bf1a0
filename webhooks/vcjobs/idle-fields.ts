import { memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClusterView } from '../admission.ts';
import { alignmentWarnings } from '../numa-warnings.ts';
import { tierWarnings } from '../tier-warnings.ts';
import { tasksOf } from './task-facts.ts';

/** Tells of each field that is kept and that nothing acts on, or not as it is written. */
export function idleFieldWarnings(job: JsonObject, view: ClusterView): readonly string[] {
  const tasks = tasksOf(job);
  const isAligned = (policy: string): boolean => policy !== '' && policy !== 'none';
  const aligned = tasks.filter(({ task }) => isAligned(stringAt(task, ['topologyPolicy'])));
  return [
    ...tierWarnings(memberAt(job, 'spec'), 'spec', view),
    ...tasks.flatMap(({ task, path }) => {
      return tierWarnings(memberAt(task, 'partitionPolicy'), `${path}.partitionPolicy`, view);
    }),
    ...aligned.flatMap(({ task, path }) =>
      alignmentWarnings(objectAt(task, 'template', 'spec'), `${path}.topologyPolicy`),
    ),
  ];
}
