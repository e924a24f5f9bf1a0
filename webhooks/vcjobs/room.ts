import { largestRequests, podRequests } from '../../src/api/projections/pod-requests.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { roomFor, sumOfRoom } from '../room.ts';
import type { ClusterView } from '../admission.ts';
import { roomWarnings } from '../room-warnings.ts';
import type { AskedRoom } from '../room-warnings.ts';
import { tasksOf } from './task-facts.ts';

/** What a job asks for: its largest pod, and what its tasks need together. Which pods start first is open where it needs fewer than these. */
export function vcjobRoom(job: JsonObject): AskedRoom {
  const tasks = tasksOf(job).map(({ task, minAvailable, replicas }) => ({
    spec: objectAt(task, 'template', 'spec'),
    min: minAvailable ?? replicas,
  }));
  const needed = tasks.reduce((sum, { min }) => sum + min, 0);
  const isAll = (numberAt(job, ['spec', 'minAvailable'], 0) || needed) >= needed;
  const together = isAll
    ? tasks.reduce<ResourceAmounts>((sum, { spec, min }) => sumOfRoom(sum, roomFor(podRequests(spec), min)), new Map())
    : new Map<string, number>();
  const pod = largestRequests(tasks.map(({ spec }) => spec));
  return { pod, together, queue: stringAt(job, ['spec', 'queue']) };
}

/** That it can never start as the cluster is; nobody is told what was so before. */
export function vcjobRoomWarnings(job: JsonObject, old: JsonObject | undefined, view: ClusterView): readonly string[] {
  if (view.neverFits === 'ignore') return [];
  const before = old === undefined ? [] : roomWarnings(vcjobRoom(old), view);
  return roomWarnings(vcjobRoom(job), view).filter((text) => !before.includes(text));
}
