import type { PodGroupPhase, PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import { lacksPods } from './plain-demand.ts';
import { rolesOf } from './plain-world.ts';
import type { PlainWorld } from './plain-world.ts';

/** Since when groups lack pods: anew when they are let in, and with each pod that they gain. */
export function noteLacking(world: PlainWorld): void {
  const { lacking } = world.memory;
  for (const group of world.records.groups.values()) {
    const isIn = world.isLetIn(group);
    const hasNothingToSay = world.waiting(group).length === 0 && (!isIn || group.minResources === undefined);
    if (!world.records.queues.has(group.queue) || hasNothingToSay || !lacksPods(world, group)) {
      lacking.delete(group.key);
      continue;
    }
    const valid = world.valid(group).length;
    const known = lacking.get(group.key);
    const isNews = known === undefined || valid > known.valid || (isIn && !known.isIn);
    lacking.set(group.key, { valid, isIn, sinceMs: isNews ? world.nowMs : known.sinceMs });
  }
}

/** Something of the group changed since its phase was looked at. */
export function isNews(world: PlainWorld, group: PodGroupRecord): boolean {
  const pods = world
    .members(group)
    .map((pod) => `${pod.uid} ${world.stateOf(pod)} ${pod.phase} ${String(pod.deleting)}`)
    .join();
  const { looked } = world.memory;
  const known = looked.get(group.key);
  looked.set(group.key, { group, pods });
  return known?.group !== group || known.pods !== pods;
}

/** The table of phases in docs/concepts.md. */
export function nextPhase(world: PlainWorld, group: PodGroupRecord, isRefused: boolean): PodGroupPhase {
  const live = world.membersIn(group, 'standing', 'leaving').length;
  const running = world.membersIn(group, 'standing').filter((pod) => pod.phase === 'Running').length;
  const finished = world.membersIn(group, 'succeeded', 'failed').length;
  const isActive = group.rootState === 'Active';
  if (running > 0 && isRefused && world.missing(group) > 0 && isActive) return 'Unknown';
  if (live > 0 && live + finished >= group.minMember) return 'Running';
  if (live === 0 && (group.rootState === 'Ended' || isOver(world, group, finished))) return 'Completed';
  if (running > 0 && isActive && hasTooFew(world, group)) return 'Unknown';
  return isActive && keepsItsPlace(world, group, finished) ? 'Inqueue' : 'Pending';
}

/** Nobody goes, and those that there are would be too few if all of them had a place; but for the first pods of a role. */
function hasTooFew(world: PlainWorld, group: PodGroupRecord): boolean {
  const valid = world.valid(group);
  const isNew = rolesOf(group).some(([role, min]) => min > 0 && !valid.some(({ task }) => task === role));
  if (group.owner !== undefined && isNew) return false;
  return world.membersIn(group, 'leaving').length === 0 && valid.length < group.minMember;
}

/** Nobody waits, and enough have ended; or it was over before, and nobody is known who would make further pods. */
function isOver(world: PlainWorld, group: PodGroupRecord, finished: number): boolean {
  if (world.waiting(group).length > 0) return false;
  if (finished > 0 && finished >= group.minMember) return true;
  return world.phase(group) === 'Completed' && group.owner === undefined;
}

/** One that ran, and of which enough have ended, is still let in while it makes more pods. */
function keepsItsPlace(world: PlainWorld, group: PodGroupRecord, finished: number): boolean {
  const phase = world.phase(group);
  if (phase === 'Inqueue') return true;
  return (phase === 'Running' || phase === 'Unknown') && finished > 0 && finished >= group.minMember;
}
