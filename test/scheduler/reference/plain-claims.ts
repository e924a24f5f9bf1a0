import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import type { Amounts } from './plain-filling.ts';
import { asks, CLOSE, sum } from './plain-world.ts';
import type { PlainWorld } from './plain-world.ts';

/** The own jobs of a queue, or a queue with all below it, and what is its own by right (0036). */
export interface ClaimLevel {
  /** Whose pods count. */
  readonly queues: readonly QueueRecord[];
  readonly guarantee: Amounts;
  /** What it may have taken back; undefined where nothing is said of the resource. */
  owed(r: string): number | undefined;
}

/** For which pod of which queue others may have to go. */
export interface Claim {
  readonly world: PlainWorld;
  /** By queue: its own jobs first, then the branches that it is part of, the nearest first. */
  readonly levels: ReadonlyMap<string, readonly ClaimLevel[]>;
  /** Number of levels above a queue's own that may claim for it, and have to hold more than they are owed. */
  readonly reach: number;
  readonly pod: PodRecord;
  readonly queue: QueueRecord;
  /** The first member of a gang answers for all of it, as far as guarantees allow. */
  readonly byGang: boolean;
}

/** What stays: without pods on their way out. */
function staying(world: PlainWorld, { queues }: ClaimLevel, r: string): number {
  return sum(queues, (queue) => world.held(queue, r) - world.leaving(queue, r));
}

/** It declares something of what the pod asks for, and stays within what it deserves of all that it declares of it. */
export function hasClaim(world: PlainWorld, level: ClaimLevel, pod: PodRecord): boolean {
  const said = [...pod.shape.requests].filter(([r]) => r !== 'pods' && level.owed(r) !== undefined);
  return (
    said.length > 0 && said.every(([r, amount]) => staying(world, level, r) + amount <= (level.owed(r) ?? 0) + CLOSE)
  );
}

/** Who may go, each counted as gone for those after it. */
export function reclaimable(claim: Claim, candidates: readonly PodRecord[]): readonly PodRecord[] {
  const { world, levels, reach, pod, queue, byGang } = claim;
  const own = levels.get(queue.name) ?? [];
  const claimants = own.slice(0, reach + 1).filter((level) => hasClaim(world, level, pod));
  const gone = new Map<ClaimLevel, PodRecord[]>();
  const gangs = new Set<string>();
  const left = (level: ClaimLevel, r: string): number =>
    staying(world, level, r) - sum(gone.get(level) ?? [], (each) => asks(each, r));
  /** It holds too much of something that both ask for, or declares nothing of what its pod asks for. */
  const isOver = (level: ClaimLevel, victim: PodRecord): boolean => {
    const resources = [...victim.shape.requests.keys()].filter((r) => r !== 'pods');
    const wanted = resources.filter((r) => asks(pod, r) > 0);
    if (wanted.some((r) => left(level, r) > (level.owed(r) ?? Infinity) + CLOSE)) return true;
    return wanted.length > 0 && resources.every((r) => level.owed(r) === undefined);
  };
  const keepsGuarantee = (level: ClaimLevel, victim: PodRecord): boolean =>
    [...victim.shape.requests].every(([r, amount]) => {
      const guarantee = level.guarantee.get(r) ?? 0;
      return guarantee === 0 || left(level, r) - amount >= guarantee - CLOSE;
    });
  return candidates.filter((victim) => {
    const of = world.queueOf(victim);
    const theirs = of === undefined || of === queue || !of.reclaimable ? [] : (levels.get(of.name) ?? []);
    // A claim of a branch takes nothing from within it.
    if (!claimants.some((level) => !theirs.includes(level))) return false;
    const facing = theirs.filter((level) => !own.includes(level));
    if (facing.length === 0) return false;
    const isOfGang = byGang && gangs.has(victim.group);
    if (!isOfGang && !facing.slice(0, reach + 1).every((level) => isOver(level, victim))) return false;
    if (!facing.every((level) => keepsGuarantee(level, victim))) return false;
    gangs.add(victim.group);
    for (const level of facing) gone.set(level, [...(gone.get(level) ?? []), victim]);
    return true;
  });
}

/** Who asks for so much of a resource, and what queues were promised beside what they hold. */
export interface Returned extends Pick<Claim, 'world' | 'levels' | 'reach' | 'queue'> {
  readonly r: string;
  readonly asked: number;
  readonly promised: (queue: QueueRecord) => number;
}

/** What the queues of a branch hold beyond what they are owed, and would have to give back to the one that asks. */
export function givenBack(
  { world, levels, reach, queue, r, asked, promised }: Returned,
  branch: readonly QueueRecord[],
): number {
  const own = levels.get(queue.name) ?? [];
  const within = (level: ClaimLevel): number =>
    sum(level.queues, (each) => (branch.includes(each) ? Math.max(0, promised(each)) : 0));
  const claimants = own
    .slice(0, reach + 1)
    .filter((level) => staying(world, level, r) + within(level) + asked <= (level.owed(r) ?? -1) + CLOSE);
  const surplus = (level: ClaimLevel): number => {
    const saysNothing = world.resources.every((each) => level.owed(each) === undefined);
    if (level.owed(r) === undefined && !saysNothing) return 0;
    // What elastic groups hold beyond their minima counts as free already.
    const takenOff = sum(level.queues, (each) => (branch.includes(each) ? Math.min(0, promised(each)) : 0));
    return staying(world, level, r) + takenOff - Math.max(level.owed(r) ?? 0, level.guarantee.get(r) ?? 0);
  };
  return sum(branch, (other) => {
    const theirs = other === queue || !other.reclaimable ? [] : (levels.get(other.name) ?? []);
    if (!claimants.some((level) => !theirs.includes(level))) return 0;
    const facing = theirs.filter((level) => !own.includes(level)).slice(0, reach + 1);
    return facing.length === 0 ? 0 : Math.max(0, Math.min(...facing.map(surplus)));
  });
}
