import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { holdsWhenEmpty } from './plain-nodes.ts';
import { hasDomains, isLonely, mostApart, mostBeside } from './plain-rules.ts';
import { mostEven } from './plain-spread.ts';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import { asks, CLOSE, rolesOf, sum } from './plain-world.ts';
import type { PlainWorld, Refused } from './plain-world.ts';

type Limit = ReadonlyMap<string, number>;

/** How many such pods the empty cluster could hold, within the limit of a queue if there is one, but no more than `most`. */
export function placesFor(world: PlainWorld, pod: PodRecord, most: number, limit?: Limit): number {
  if (world.nodes.length === 0) return most;
  const room = (node: NodeRecord): number => (hasDomains(pod, node) ? holdsWhenEmpty(pod, node) : 0);
  const onNodes = Math.min(mostBeside(world, pod, room), mostApart(world, pod, room), mostEven(world.nodes, pod, room));
  const inQueue = [...pod.shape.requests]
    .filter(([, amount]) => amount > 0)
    .map(([r, amount]) => Math.floor(((limit?.get(r) ?? (limit === undefined ? Infinity : 0)) + CLOSE) / amount));
  return Math.min(most, onNodes, ...inQueue);
}

/** Why the group can never start as things are, while nothing is missing but room (0017). */
export function whyNever(world: PlainWorld, group: PodGroupRecord, limit: Limit): Refused | undefined {
  const missing = world.missing(group);
  // Who is promised room waits for it.
  const waiting = world.membersIn(group, 'waiting', 'promised');
  const isWaiting = group.rootState === 'Active' && (!world.isLetIn(group) || missing > 0);
  const mayGetPods = lacksPods(world, group);
  // Of one that was let in what it says counts as well while it has no pods that wait.
  const isAsked = waiting.length > 0 || (mayGetPods && world.isLetIn(group));
  if (!isWaiting || !isAsked) return undefined;
  if (mayGetPods && group.minResources === undefined) return undefined;
  const lonely = !mayGetPods && world.lonely.has(group) ? { code: 'LacksCompany' } : undefined;
  if (world.nodes.length === 0) return lonely;
  const isTooLarge = [...leastOf(world, group)].some(([r, amount]) => amount > (limit.get(r) ?? 0) + CLOSE);
  if (isTooLarge) return { code: 'NeverFits' };
  if (mayGetPods) return undefined;
  const short =
    tooFew(world, waiting, missing, limit) ??
    rolesOf(group)
      .map(([role, min]) => {
        const ready = world.ready(group).filter(({ task }) => task === role).length;
        const ofRole = waiting.filter(({ task }) => task === role);
        return tooFew(world, ofRole, min - ready, limit);
      })
      .find((refused) => refused !== undefined);
  return short ?? lonely;
}

/** As the turn begins, too few could have places, since the others must stand beside pods that are not there. */
export function noteLonely(world: PlainWorld): void {
  for (const group of world.records.groups.values()) {
    const waiting = world.waiting(group);
    const missing = world.missing(group);
    const lonely = waiting.filter((pod) => isLonely(world, pod, waiting));
    if (missing > 0 && lonely.length > 0 && waiting.length - lonely.length < missing) world.lonely.add(group);
  }
}

export function lacksPods(world: PlainWorld, group: PodGroupRecord): boolean {
  const valid = world.valid(group);
  const isRoleShort = rolesOf(group).some(([role, min]) => valid.filter(({ task }) => task === role).length < min);
  return valid.length < group.minMember || isRoleShort;
}

/** What its minimum takes at least: as written, else what its pods ask for, or so many of the smallest requests. */
function leastOf(world: PlainWorld, group: PodGroupRecord): ReadonlyMap<string, number> {
  if (group.minResources !== undefined) return group.minResources;
  const members = world.membersIn(group, 'standing', 'waiting', 'promised');
  const isChoice = world.valid(group).length > group.minMember;
  const least = (r: string): number =>
    isChoice ? group.minMember * Math.min(...members.map((pod) => asks(pod, r))) : sum(members, (pod) => asks(pod, r));
  return new Map(world.resources.map((r) => [r, least(r)]));
}

/** Equal pods are counted together, and each kind against the cluster for itself. */
function tooFew(world: PlainWorld, pods: readonly PodRecord[], needed: number, limit: Limit): Refused | undefined {
  if (needed <= 0) return undefined;
  const kinds = [...Map.groupBy(pods, ({ shape }) => shape.key).values()];
  const places = sum(kinds, (kind) => {
    const [pod] = kind;
    return pod === undefined ? 0 : placesFor(world, pod, Math.min(kind.length, needed), limit);
  });
  return places >= needed ? undefined : { code: 'NeverFits' };
}
