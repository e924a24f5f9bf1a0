import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { tasksOf } from './task-facts.ts';

/** Tells of each field that is kept and that nothing acts on yet. */
export function idleFieldWarnings(job: JsonObject): readonly string[] {
  const tasks = tasksOf(job);
  const isAligned = (policy: string): boolean => policy !== '' && policy !== 'none';
  const paths = [
    ...(isSet(job, 'spec', 'networkTopology') ? ['spec.networkTopology'] : []),
    ...tasks
      .filter(({ task }) => isSet(task, 'partitionPolicy', 'networkTopology'))
      .map(({ path }) => `${path}.partitionPolicy.networkTopology`),
    ...tasks
      .filter(({ task }) => isAligned(stringAt(task, ['topologyPolicy'])))
      .map(({ path }) => `${path}.topologyPolicy`),
  ];
  return paths.map((path) => `${path} has no effect yet`);
}

function isSet(object: JsonObject, ...path: readonly string[]): boolean {
  return memberAt(object, ...path) !== undefined;
}
