import type { NumaContainer, NumatopologyRecord, PodNuma, ZoneShare } from '../../api/records/numa-records.ts';

/** What somebody has of each zone of a node, in the order of the node's list; of a resource that is missing nobody knows where it is. */
export type Holding = ReadonlyMap<string, readonly number[]>;

const NOWHERE: Holding = new Map();

/** What the pod has in all: what a start-up step had is there for the containers after it. */
export function wholeOf({ containers }: PodNuma): NumaContainer['amounts'] {
  const running = new Map<string, number>();
  for (const { isStep, amounts } of containers) {
    if (!isStep) for (const [resource, amount] of amounts) running.set(resource, (running.get(resource) ?? 0) + amount);
  }
  for (const { isStep, amounts } of containers) {
    if (isStep)
      for (const [resource, amount] of amounts) running.set(resource, Math.max(running.get(resource) ?? 0, amount));
  }
  return running;
}

/** What is expected: of each resource that the node tells of. */
export function expected(shares: readonly ZoneShare[], { zones, amounts }: NumatopologyRecord): Holding {
  const byZone = new Map(shares.map((share) => [share.zone, share.amounts]));
  const of = (resource: string): readonly number[] => zones.map((zone) => byZone.get(zone)?.get(resource) ?? 0);
  return new Map([...amounts.keys()].map((resource) => [resource, of(resource)]));
}

/** What the node itself tells of a pod, and what follows from it. */
export function told(id: TaskIdentity, topology: NumatopologyRecord): Holding {
  const { zones, policy, holders } = topology;
  if (zones.length === 1) return new Map([...wholeOf(id.numa)].map(([resource, amount]) => [resource, [amount]]));
  const shares = holders?.get(id.uid) ?? holders?.get(id.key) ?? [];
  if (shares.length === 0) return NOWHERE;
  const cpus = zones.map((zone) => shares.find((share) => share.zone === zone)?.amounts.get('cpu') ?? 0);
  const [only, second] = cpus.flatMap((cpu, place) => (cpu > 0 ? [place] : []));
  const isOnOne = only !== undefined && second === undefined && policy === 'single-numa-node';
  if (!isOnOne || !id.numa.containers.every(({ amounts }) => amounts.has('cpu'))) return new Map([['cpu', cpus]]);
  // All that a container has is where its CPUs are.
  return new Map(
    [...wholeOf(id.numa)].map(([resource, amount]) => [
      resource,
      zones.map((_, place) => (place === only ? amount : 0)),
    ]),
  );
}

/** By what a publication may name a pod, and what the pod has for itself. */
export interface TaskIdentity {
  readonly uid: string;
  readonly key: string;
  readonly numa: PodNuma;
}
