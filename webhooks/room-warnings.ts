import { formatAmounts } from '../src/api/amounts.ts';
import { countedClass } from '../src/api/devices/counted-class.ts';
import { requiredTerms } from '../src/api/projections/node-affinity.ts';
import type { ResourceAmounts, SchedulingShape } from '../src/api/records/scheduling-shape.ts';
import { objectAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { ClusterRoom, ClusterView } from './admission.ts';

/** What new work asks for. */
export interface AskedRoom {
  /** Of one pod. */
  readonly pod: ResourceAmounts;
  /** Of all that has to start together, with the devices that it claims. */
  readonly together: ResourceAmounts;
  readonly queue: string;
  /** Where the pods may go; undefined where they differ in it. */
  readonly nodes?: ChosenNodes;
}

/** The nodes that a pod may go to. */
export type ChosenNodes = Pick<SchedulingShape, 'nodeSelector' | 'requiredTerms'>;

/** Those of a pod's spec. */
export function chosenNodes(spec: JsonObject): ChosenNodes {
  const selector = Object.entries(objectAt(spec, 'nodeSelector')).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { nodeSelector: new Map(selector), requiredTerms: requiredTerms(objectAt(spec, 'affinity', 'nodeAffinity')) };
}

/**
 * Tells at once what will never fit, so that nobody waits for it: a pod larger than every node, a gang larger than the
 * cluster, than its queue or than a queue above that may ever be. A cluster that grows may take it yet, so it is no refusal.
 */
export function roomWarnings({ pod, together, queue }: AskedRoom, view: ClusterView): readonly string[] {
  const room = view.room();
  return [
    ...(room === undefined ? [] : podWarnings(published(pod, room), room.largestNode)),
    ...(room === undefined ? [] : gangWarnings(published(together, room), room.totals, 'the cluster has')),
    ...queuesAbove(queue, view).flatMap(({ name, limit }) =>
      gangWarnings(together, onlyWhere(limit, together), `queue ${name} may hold`),
    ),
  ];
}

/** Without what classes serve: nodes are asked for the devices. */
function published(asked: ResourceAmounts, { served }: ClusterRoom): ResourceAmounts {
  return new Map([...ofNodes(asked)].filter(([name]) => !served.has(name)));
}

/** Without devices that are claimed: nodes publish none. */
export function ofNodes(asked: ResourceAmounts): ResourceAmounts {
  return new Map([...asked].filter(([name]) => countedClass(name) === undefined));
}

/** Deeper than any tree of queues: whoever comes so far goes round in a circle. */
const MOST_LEVELS = 16;

/** A queue that may not hold everything. */
export interface LimitedQueue {
  readonly name: string;
  readonly limit: ResourceAmounts;
  readonly held: ResourceAmounts;
}

/** Those of the queue and the ones above it that have a capability. */
export function queuesAbove(queue: string, view: ClusterView): readonly LimitedQueue[] {
  const limits: LimitedQueue[] = [];
  let name = queue;
  for (let level = 0; level < MOST_LEVELS && name !== ''; level += 1) {
    const known = view.queue(name);
    if (known?.capability !== undefined) limits.push({ name, limit: known.capability, held: view.heldBy(name) });
    name = known?.parent ?? '';
  }
  return limits;
}

/** Each pod alone: no node can hold it. */
function podWarnings(pod: ResourceAmounts, largestNode: ResourceAmounts): readonly string[] {
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
      `${inWords(name)}: ${asked} are asked for together and ${whose} ${text}: they can never start`,
  );
}

/** Warnings are cut after 120 characters, and names of counted classes are long. */
export function inWords(name: string): string {
  const counted = countedClass(name);
  return counted === undefined ? name : `devices of class ${counted}`;
}

/** A resource that a capability does not name has no limit. */
export function onlyWhere(limit: ResourceAmounts, asked: ResourceAmounts): ResourceAmounts {
  return new Map([...asked].map(([name, amount]) => [name, limit.get(name) ?? amount]));
}
