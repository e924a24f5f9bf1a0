/** A part of the network: its nodes are a range of one depth-first order, and so are those of the parts within it. */
export interface Domain {
  /** Empty for the whole cluster, which is above all others. */
  readonly name: string;
  readonly tier: number;
  /** The same as a word; may be empty. */
  readonly tierName: string;
  readonly parent: Domain | undefined;
  readonly children: readonly Domain[];
  /** Its places in the order: from `first` on, before `end`. */
  readonly first: number;
  readonly end: number;
}

/** One part as it is written or made from labels, before it has its place in a tree. */
export interface DomainSource {
  readonly name: string;
  readonly tier: number;
  readonly tierName: string;
  /** Indices of nodes that are in it directly. */
  readonly nodes: readonly number[];
  /** Names of the parts that it says are in it. */
  readonly children: readonly string[];
}

export function holds(domain: Domain, place: number): boolean {
  return place >= domain.first && place < domain.end;
}

export function isWithin(inner: Domain, outer: Domain): boolean {
  return inner.first >= outer.first && inner.end <= outer.end && inner.tier <= outer.tier;
}

/** The domain and all that it lies in, from the inside out. */
export function* chain(domain: Domain): Iterable<Domain> {
  for (let at: Domain | undefined = domain; at !== undefined; at = at.parent) yield at;
}
