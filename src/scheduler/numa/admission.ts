import type {
  NumaContainer,
  NumaScope,
  NumatopologyRecord,
  PodNuma,
  ZoneShare,
} from '../../api/records/numa-records.ts';
import { agreement, hasZone, hintsOf, isTaken } from './zone-hints.ts';
import type { Demand, Hints, ZoneRoom, ZoneSet } from './zone-hints.ts';
import { wholeOf } from './zone-holdings.ts';

/** Why a kubelet would turn a pod away. */
export interface Shortage {
  /** Of which there is too little on as few zones as the policy allows; empty: of each there is enough, but not on the same. */
  readonly resource: string;
  readonly asked: number;
  /** Most that is free on so many zones. */
  readonly most: number;
  /** As many as the policy allows for so much. */
  readonly zones: number;
}

/** What the pod would get of each zone, or why it would get nothing. */
export type Admission =
  | { readonly kind: 'admitted'; readonly shares: readonly ZoneShare[] }
  /** Without a shortage what it would get is kept for others. */
  | { readonly kind: 'refused'; readonly shortage: Shortage | undefined };

/** What the kubelet of the node would say to the pod beside what is free there; `scope` stands in where the node does not tell its own. */
export function admission(pod: PodNuma, node: NumatopologyRecord, room: ZoneRoom, scope: NumaScope): Admission {
  const desk = new Desk(node, room);
  const isWhole = (node.scope ?? scope) === 'pod';
  // For the pod as a whole the zones are looked for once, and each container has to take them.
  let agreed: ZoneSet | Shortage | undefined;
  for (const { amounts, isStep } of pod.containers) {
    if (agreed === undefined || !isWhole) agreed = desk.agree(isWhole ? wholeOf(pod) : amounts);
    if (typeof agreed !== 'number') return { kind: 'refused', shortage: agreed };
    for (const [resource, amount] of amounts) desk.take(resource, amount, agreed, isStep);
  }
  return { kind: 'admitted', shares: desk.shares() };
}

class Desk {
  readonly #node: NumatopologyRecord;
  readonly #free = new Map<string, number[]>();
  /** What start-up steps had: it is for the containers after them, and they have to take it. */
  readonly #left = new Map<string, number[]>();
  readonly #taken = new Map<string, number[]>();

  constructor(node: NumatopologyRecord, room: ZoneRoom) {
    this.#node = node;
    for (const [resource, free] of room) {
      this.#free.set(resource, [...free]);
      this.#left.set(
        resource,
        free.map(() => 0),
      );
      this.#taken.set(
        resource,
        free.map(() => 0),
      );
    }
  }

  /** From which zones amounts are taken that are asked for together, or why they cannot be had. */
  agree(amounts: NumaContainer['amounts']): ZoneSet | Shortage {
    const { policy, zones } = this.#node;
    const room = this.#room();
    const demands = this.#demandsOf(amounts);
    const hints = demands.map((demand) => hintsOf(demand, this.#node, room));
    // The topology manager is hinted to resource by resource.
    const perResource = demands.flatMap(({ amounts: asked }, at) => [...asked].flatMap(() => hints[at] ?? []));
    const agreed = agreement(perResource, policy, zones.length);
    for (const [at, demand] of demands.entries()) {
      const short = this.#shortage(demand, hints[at] as Hints, room);
      if (short !== undefined) return short;
    }
    return agreed ?? { resource: '', asked: 0, most: 0, zones: 1 };
  }

  shares(): readonly ZoneShare[] {
    return this.#node.zones.flatMap((zone, place) => {
      const amounts = [...this.#taken].map(([resource, taken]) => [resource, taken[place] ?? 0] as const);
      const some = amounts.filter(([, amount]) => amount > 0);
      return some.length === 0 ? [] : [{ zone, amounts: new Map(some) }];
    });
  }

  /** What the next container may have. */
  #room(): ZoneRoom {
    return new Map(
      [...this.#free].map(([resource, free]) => {
        const left = this.#left.get(resource);
        return [resource, free.map((amount, place) => amount + (left?.[place] ?? 0))];
      }),
    );
  }

  /** Memory and huge pages are looked at together. What the node does not tell of, it does not align. */
  #demandsOf(amounts: NumaContainer['amounts']): readonly Demand[] {
    const asked = [...amounts].filter(([resource]) => this.#free.has(resource));
    const cpu = asked.filter(([resource]) => resource === 'cpu');
    const memory = asked.filter(([resource]) => resource !== 'cpu');
    let must = 0;
    this.#left.get('cpu')?.forEach((left, place) => (must |= left > 0 ? 1 << place : 0));
    return [
      ...(cpu.length === 0 ? [] : [{ amounts: new Map(cpu), must }]),
      ...(memory.length === 0 ? [] : [{ amounts: new Map(memory), must: 0 }]),
    ];
  }

  #shortage({ amounts }: Demand, hints: Hints, room: ZoneRoom): Shortage | undefined {
    const { policy, zones } = this.#node;
    if (hints.sets.some((set) => isTaken(set, hints, policy))) return undefined;
    const sizes = { none: zones.length, 'best-effort': zones.length, restricted: hints.least, 'single-numa-node': 1 };
    const size = Math.min(sizes[policy], zones.length);
    for (const [resource, asked] of amounts) {
      const largestFirst = (room.get(resource) ?? []).toSorted((a, b) => b - a);
      const most = largestFirst.slice(0, size).reduce((sum, free) => sum + free, 0);
      if (most < asked) return { resource, asked, most, zones: size };
    }
    return { resource: '', asked: 0, most: 0, zones: size };
  }

  /** From the zones that were agreed on, and what these lack from others. What the node does not tell of is nobody's own. */
  take(resource: string, amount: number, agreed: ZoneSet, isStep: boolean): void {
    const [free, left, taken] = [this.#free, this.#left, this.#taken].map((of) => of.get(resource));
    if (free === undefined || left === undefined || taken === undefined) return;
    let rest = amount;
    for (const place of this.#inOrder(resource, amount, agreed)) {
      const reused = Math.min(rest, left[place] ?? 0);
      const fresh = Math.min(rest - reused, free[place] ?? 0);
      rest -= reused + fresh;
      free[place] = (free[place] ?? 0) - fresh;
      taken[place] = (taken[place] ?? 0) + fresh;
      left[place] = (left[place] ?? 0) + (isStep ? fresh : -reused);
    }
  }

  /** Whole zones that are needed whole first, then those with the least left, so that little is cut. */
  #inOrder(resource: string, amount: number, agreed: ZoneSet): readonly number[] {
    const room = this.#room().get(resource) ?? [];
    const total = this.#node.amounts.get(resource)?.assignable ?? [];
    const isWhole = (place: number): boolean => room[place] === total[place] && (room[place] ?? 0) <= amount;
    return this.#node.zones
      .map((_, place) => place)
      .toSorted((a, b) => {
        return (
          Number(hasZone(agreed, b)) - Number(hasZone(agreed, a)) ||
          Number(isWhole(b)) - Number(isWhole(a)) ||
          (room[a] ?? 0) - (room[b] ?? 0)
        );
      });
  }
}
