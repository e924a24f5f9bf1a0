import { ROOT_QUEUE } from '../../src/api/keys.ts';
import { projectQueue } from '../../src/api/projections/queue.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { memberAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { saysTheSame } from '../../src/lib/same.ts';
import type { ClusterView, KindView } from '../admission.ts';
import { QUEUE_VIEW } from '../view-kinds.ts';

/** What queues of one branch say of each other; asked about when the queue is new, or its place or amounts change. */
export function branchErrors(
  name: string,
  queue: JsonObject,
  old: JsonObject | undefined,
  view: ClusterView,
): readonly FieldError[] {
  const candidate = recordOf(name, queue);
  if (
    name === ROOT_QUEUE ||
    candidate === undefined ||
    (old !== undefined && isAsBefore(candidate, recordOf(name, old)))
  )
    return [];
  const queues = view.of(QUEUE_VIEW);
  const found = [
    ...aboveErrors(candidate, queues),
    ...belowErrors(candidate, queues),
    ...SHARED.flatMap((list) => [...siblingErrors(candidate, queues, list), ...childErrors(candidate, queues, list)]),
  ];
  return found.map(({ path, message }) =>
    fieldError(
      keyPath(path.slice(0, -1).join('.'), path.at(-1) ?? ''),
      'FieldValueInvalid',
      memberAt(queue, ...path),
      message,
    ),
  );
}

const SHARED: readonly Shared[] = ['guarantee', 'deserved'];

interface Finding {
  /** Of the amount in the queue: `['spec', 'capability', 'cpu']`. */
  readonly path: readonly string[];
  readonly message: string;
}

type Queues = KindView<QueueRecord>;

/** A new one has no UID yet; nothing here is about that. */
function recordOf(name: string, queue: JsonObject): QueueRecord | undefined {
  return projectQueue({ ...queue, metadata: { name, uid: name } });
}

function isAsBefore(now: QueueRecord, before: QueueRecord | undefined): boolean {
  const said = ({ parent, capability, guarantee, deserved }: QueueRecord): object => ({
    parent,
    capability,
    guarantee,
    deserved,
  });
  return before !== undefined && saysTheSame(said(now), said(before));
}

/** The queues above, the nearest first; root, which is nobody's to size, is left out. Ends at a circle. */
function above({ name, parent }: QueueRecord, queues: Queues): readonly QueueRecord[] {
  const found = new Map<string, QueueRecord>();
  for (let next = parent; next !== name && next !== ROOT_QUEUE && !found.has(next);) {
    const queue = queues.get(next);
    if (queue === undefined) break;
    found.set(next, queue);
    next = queue.parent;
  }
  return [...found.values()];
}

/** Every queue below. O(what it finds). */
function below({ name }: QueueRecord, queues: Queues): readonly QueueRecord[] {
  const found = new Map<string, QueueRecord>();
  const open = [...queues.by('parent', name)];
  for (let queue = open.pop(); queue !== undefined; queue = open.pop()) {
    if (queue.name === name || found.has(queue.name)) continue;
    found.set(queue.name, queue);
    open.push(...queues.by('parent', queue.name));
  }
  return [...found.values()];
}

function aboveErrors(queue: QueueRecord, queues: Queues): readonly Finding[] {
  const ancestors = above(queue, queues);
  return entries(queue.capability).flatMap(([resource, amount]) => {
    const limit = ancestors.find(({ capability }) => capability?.has(resource) === true);
    if (limit === undefined || amount <= (limit.capability?.get(resource) ?? Infinity)) return [];
    const message = `queue ${queue.name} capability exceeds parent queue ${limit.name} capability`;
    return [{ path: ['spec', 'capability', resource], message }];
  });
}

function belowErrors(queue: QueueRecord, queues: Queues): readonly Finding[] {
  if (queue.capability === undefined || queue.capability.size === 0) return [];
  const descendants = below(queue, queues);
  return entries(queue.capability).flatMap(([resource, amount]) => {
    const larger = descendants.find(({ capability }) => (capability?.get(resource) ?? 0) > amount);
    if (larger === undefined) return [];
    const message = `queue ${queue.name} capability is less than child queue ${larger.name} capability`;
    return [{ path: ['spec', 'capability', resource], message }];
  });
}

const PATHS = {
  capability: ['spec', 'capability'],
  guarantee: ['spec', 'guarantee', 'resource'],
  deserved: ['spec', 'deserved'],
} as const;

type Shared = 'guarantee' | 'deserved';

/** What the queues below it may say together: its own list, else its capability. */
function limitsOf(
  queue: QueueRecord,
  list: Shared,
): { readonly list: keyof typeof PATHS; readonly of: ResourceAmounts } {
  const own = queue[list];
  if (own !== undefined && own.size > 0) return { list, of: own };
  return { list: 'capability', of: queue.capability ?? new Map() };
}

/** With the queues beside it, within what their parent says; below root they may say anything. */
function siblingErrors(queue: QueueRecord, queues: Queues, list: Shared): readonly Finding[] {
  const parent = queue.parent === ROOT_QUEUE ? undefined : queues.get(queue.parent);
  if (parent === undefined) return [];
  const siblings = queues.by('parent', parent.name).filter(({ name }) => name !== queue.name);
  const limits = limitsOf(parent, list);
  return entries(queue[list]).flatMap(([resource]) => {
    const isWithin = sumOf([queue, ...siblings], list, resource) <= (limits.of.get(resource) ?? Infinity);
    return isWithin ? [] : [{ path: [...PATHS[list], resource], message: tooMuch(list, limits.list, parent) }];
  });
}

/** What it says covers what its children say together. */
function childErrors(queue: QueueRecord, queues: Queues, list: Shared): readonly Finding[] {
  const children = queues.by('parent', queue.name).filter(({ name }) => name !== queue.name);
  const limits = limitsOf(queue, list);
  return entries(limits.of).flatMap(([resource, limit]) => {
    if (sumOf(children, list, resource) <= limit) return [];
    return [{ path: [...PATHS[limits.list], resource], message: tooMuch(list, limits.list, queue) }];
  });
}

function sumOf(queues: readonly QueueRecord[], list: Shared, resource: string): number {
  return queues.reduce((sum, queue) => sum + (queue[list]?.get(resource) ?? 0), 0);
}

function tooMuch(list: Shared, limit: keyof typeof PATHS, { name }: QueueRecord): string {
  const words = `sum of children's ${list} exceeds parent's ${limit === 'capability' ? limit : `${limit} limit`}`;
  return `${words}: that of queue ${name}`;
}

function entries(amounts: ResourceAmounts | undefined): readonly (readonly [resource: string, amount: number])[] {
  return [...(amounts ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
