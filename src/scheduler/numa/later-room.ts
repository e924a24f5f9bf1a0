import type { NumatopologyRecord, PodNuma, ZoneShare } from '../../api/records/numa-records.ts';
import type { Task } from '../model/task.ts';
import { expected, told, wholeOf } from './zone-holdings.ts';
import type { Holding } from './zone-holdings.ts';
import { ZoneSums } from './zone-sums.ts';

/** Somebody who has something for himself, and where, as far as that is known. */
export interface Occupant {
  readonly uid: string;
  readonly key: string;
  readonly numa: PodNuma;
  /** What he is expected to have; undefined where that is uncertain. */
  readonly shares: readonly ZoneShare[] | undefined;
}

/** Who has something of a node's zones. */
export interface Occupants {
  readonly topology: NumatopologyRecord;
  /** Tasks of which what is published as in use is a part. */
  readonly counted: readonly Task[];
  /** Those that it does not count yet. */
  readonly onPaper: readonly Task[];
  /** Those that it counts still although they have gone. */
  readonly departed: readonly Occupant[];
  readonly occupantOf: (task: Task) => Occupant | undefined;
}

const NOWHERE: Holding = new Map();

/**
 * What will be free at least once these have gone, less what was promised of it, which may be below zero: what is free and what they are known to
 * give back, or all but what those who stay may have, whichever is more.
 */
export function sumsLater(
  { topology, counted, onPaper, departed, occupantOf }: Occupants,
  isLeaving: (task: Task) => boolean,
  promised: Iterable<Holding>,
): ZoneSums {
  const given = new ZoneSums(topology, 'free');
  const left = new ZoneSums(topology, 'assignable');
  for (const task of counted) {
    const occupant = occupantOf(task);
    if (occupant === undefined) continue;
    const holding = holdingOf(occupant, topology);
    if (isLeaving(task)) given.move(holding, NOTHING, 1);
    else left.move(holding, wholeOf(occupant.numa), -1);
  }
  for (const task of onPaper) {
    const occupant = occupantOf(task);
    if (occupant === undefined || isLeaving(task)) continue;
    const holding = holdingOf(occupant, topology);
    for (const sums of [given, left]) sums.move(holding, wholeOf(occupant.numa), -1);
  }
  for (const occupant of departed) given.move(holdingOf(occupant, topology), NOTHING, 1);
  left.move(NOWHERE, unexplained(topology, [...counted.flatMap((task) => occupantOf(task) ?? []), ...departed]), -1);
  const later = given.max(left);
  for (const holding of promised) later.move(holding, NOTHING, -1);
  return later;
}

const NOTHING: ReadonlyMap<string, number> = new Map();

function holdingOf({ shares, ...id }: Occupant, topology: NumatopologyRecord): Holding {
  const known = told(id, topology);
  return known.size > 0 || shares === undefined ? known : expected(shares, topology);
}

/** In use by nobody who is known. */
function unexplained(topology: NumatopologyRecord, known: readonly Occupant[]): ReadonlyMap<string, number> {
  const rest = new Map<string, number>();
  for (const [resource, { assignable, free }] of topology.amounts) rest.set(resource, sumOf(assignable) - sumOf(free));
  for (const { numa } of known) {
    for (const [resource, amount] of wholeOf(numa)) rest.set(resource, (rest.get(resource) ?? 0) - amount);
  }
  return new Map([...rest].map(([resource, amount]) => [resource, Math.max(0, amount)]));
}

export function sumOf(amounts: Iterable<number>): number {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return sum;
}
