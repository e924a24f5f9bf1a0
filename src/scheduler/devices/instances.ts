import type { MigGeometry } from '../../api/cards/mig-geometries.ts';
import type { CardInstance, CardRecord, CardRequest } from '../../api/records/card-records.ts';

/** An instance that somebody could have. */
export interface OpenInstance {
  readonly instance: CardInstance;
  /** Of the instance, which may be more than was asked for. */
  readonly memory: number;
}

/** What is taken of a card: so many have part of it, and which instances those are. */
interface Held {
  readonly sharers: number;
  readonly instances?: readonly CardInstance[];
}

const NONE: readonly CardInstance[] = [];

/** The most memory that one instance of the card can have. */
export function largestInstance({ geometries = [] }: CardRecord): number {
  return geometries.reduce((most, { profiles }) => Math.max(most, ...profiles.map(({ memory }) => memory)), 0);
}

/** The same of the instances that nobody has. */
export function largestOpen(card: CardRecord, held: Held): number {
  const open = geometriesLeft(card, held).flatMap((geometry) => openProfiles(geometry, held));
  return open.reduce((most, { memory }) => Math.max(most, memory), 0);
}

/**
 * The smallest instances that would do, at most one of each geometry that the card could have now, in their order: an idle card
 * may be cut in all ways, one in use is as it is. Nobody gets part of a card of which somebody has what cannot be told.
 */
export function openInstances(request: CardRequest, card: CardRecord, held: Held): readonly OpenInstance[] {
  const asked = memoryAsked(request, card);
  return geometriesLeft(card, held).flatMap((geometry) => {
    const fitting = openProfiles(geometry, held).filter(({ memory }) => memory >= asked);
    const smallest = Math.min(...fitting.map(({ memory }) => memory));
    return fitting.find(({ memory }) => memory === smallest) ?? [];
  });
}

/** How much memory the instance has for somebody who would get it now; undefined where he would not. */
export function openMemory(instance: CardInstance, card: CardRecord, held: Held): number | undefined {
  const geometry = geometriesLeft(card, held).find(({ group }) => group === instance.group);
  return geometry === undefined || isTaken(held, instance.position) ? undefined : memoryAt(geometry, instance.position);
}

/** How much of the card's memory is gone with the instances that are taken. */
export function heldMemory({ geometries = [] }: CardRecord, { instances = NONE }: Held): number {
  return instances.reduce((sum, { group, position }) => {
    const geometry = geometries.find((each) => each.group === group);
    return sum + ((geometry && memoryAt(geometry, position)) ?? 0);
  }, 0);
}

/** A share of a card is one of its largest instance: that is all that anybody can have. */
export function memoryAsked({ memory, percent }: CardRequest, card: CardRecord): number {
  return memory > 0 ? memory : Math.floor((largestInstance(card) * percent) / 100);
}

/** One of the instances is somebody's twice, or they are of several geometries, which no card has at a time. */
export function isTorn(instances: readonly CardInstance[]): boolean {
  const [first] = instances;
  if (first === undefined) return false;
  const positions = new Set(instances.map(({ position }) => position));
  return positions.size < instances.length || instances.some(({ group }) => group !== first.group);
}

/** The list with the instance once more, or once less, in an order that does not tell who came first. */
export function movedInstance(
  instances: readonly CardInstance[] | undefined = NONE,
  moved: CardInstance,
  sign: 1 | -1,
): readonly CardInstance[] {
  const at = instances.findIndex((each) => compare(each, moved) >= 0);
  const place = at < 0 ? instances.length : at;
  return sign === 1 ? instances.toSpliced(place, 0, moved) : instances.toSpliced(place, 1);
}

function compare(a: CardInstance, b: CardInstance): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  return a.position - b.position;
}

/** In which ways the card may be cut while these are somebody's. */
function geometriesLeft({ geometries = [] }: CardRecord, { instances = NONE, sharers }: Held): readonly MigGeometry[] {
  const [first] = instances;
  if (instances.length !== sharers || isTorn(instances)) return [];
  if (first === undefined) return geometries;
  const geometry = geometries.find(({ group }) => group === first.group);
  const isKnown =
    geometry !== undefined && instances.every(({ position }) => memoryAt(geometry, position) !== undefined);
  return isKnown ? [geometry] : [];
}

/** The first instance of each size that nobody has. */
function openProfiles({ group, profiles }: MigGeometry, held: Held): readonly OpenInstance[] {
  let from = 0;
  return profiles.flatMap(({ memory, count }) => {
    const positions = Array.from({ length: count }, (_, at) => from + at);
    from += count;
    const position = positions.find((each) => !isTaken(held, each));
    return position === undefined ? [] : [{ instance: { group, position }, memory }];
  });
}

function isTaken({ instances = NONE }: Held, position: number): boolean {
  return instances.some((each) => each.position === position);
}

/** Undefined behind the last instance. */
function memoryAt({ profiles }: MigGeometry, position: number): number | undefined {
  let left = position;
  for (const { memory, count } of profiles) {
    if (left < count) return memory;
    left -= count;
  }
  return undefined;
}
