import { formatAmounts } from '../src/api/amounts.ts';
import type { ResourceAmounts } from '../src/api/records/scheduling-shape.ts';
import type { ClusterView } from './admission.ts';

/** What new work asks for. */
export interface AskedRoom {
  /** Of one pod. */
  readonly pod: ResourceAmounts;
  /** Of all that has to start together. */
  readonly together: ResourceAmounts;
  readonly queue: string;
}

/**
 * Tells at once what will never fit, so that nobody waits for it: a pod larger than every node, a gang larger than the
 * cluster or than its queue may ever be. A cluster that grows may take it yet, so it is no refusal.
 */
export function roomWarnings({ pod, together, queue }: AskedRoom, view: ClusterView): readonly string[] {
  const room = view.room();
  const limit = view.queue(queue)?.capability;
  return [
    ...(room === undefined ? [] : podWarnings(pod, room.largestNode)),
    ...(room === undefined ? [] : gangWarnings(together, room.totals, 'the cluster has')),
    ...(limit === undefined ? [] : gangWarnings(together, onlyWhere(limit, together), `queue ${queue} may hold`)),
  ];
}

/** Each pod alone: no node can hold it. */
export function podWarnings(pod: ResourceAmounts, largestNode: ResourceAmounts): readonly string[] {
  return excess(pod, largestNode).map(
    ({ name, asked, most }) => `${name}: a pod asks for ${asked} and the largest node has ${most}: it can never start`,
  );
}

/** The amounts that are more than the limit, as texts. */
export function excess(asked: ResourceAmounts, limits: ResourceAmounts): readonly Excess[] {
  const names = [...asked.keys()].filter((name) => (asked.get(name) ?? 0) > (limits.get(name) ?? 0)).toSorted();
  if (names.length === 0) return [];
  const [askedTexts, mostTexts] = [formatAmounts(asked), formatAmounts(limits)];
  return names.map((name) => ({ name, asked: askedTexts[name] ?? '0', most: mostTexts[name] ?? '0' }));
}

interface Excess {
  readonly name: string;
  readonly asked: string;
  readonly most: string;
}

function gangWarnings(together: ResourceAmounts, most: ResourceAmounts, whose: string): readonly string[] {
  return excess(together, most).map(
    ({ name, asked, most: text }) =>
      `${name}: ${asked} are asked for together and ${whose} ${text}: they can never start`,
  );
}

/** A resource that a capability does not name has no limit. */
function onlyWhere(limit: ResourceAmounts, asked: ResourceAmounts): ResourceAmounts {
  return new Map([...asked].map(([name, amount]) => [name, limit.get(name) ?? amount]));
}
