import { formatAmounts } from '../../src/api/amounts.ts';
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

/** What queues of one branch say of each other, in Volcano's words; asked about when the queue is new, or its place or amounts change. */
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

const SHARED = ['guarantee', 'deserved'] as const;

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
    const most = limit?.capability?.get(resource) ?? Infinity;
    if (limit === undefined || amount <= most) return [];
    const message = `queue ${queue.name} capability[${resource}]=${textOf(resource, amount)} exceeds its ancestor's capability=${textOf(resource, most)}, that of queue ${limit.name}`;
    return [{ path: ['spec', 'capability', resource], message }];
  });
}

function belowErrors(queue: QueueRecord, queues: Queues): readonly Finding[] {
  if (queue.capability === undefined || queue.capability.size === 0) return [];
  const descendants = below(queue, queues);
  const of = (one: QueueRecord, resource: string): number => one.capability?.get(resource) ?? 0;
  return entries(queue.capability).flatMap(([resource, amount]) => {
    const [largest] = descendants.toSorted((a, b) => of(b, resource) - of(a, resource));
    if (largest === undefined || of(largest, resource) <= amount) return [];
    const message = `queue ${queue.name} capability[${resource}]=${textOf(resource, amount)} is smaller than its descendants' max capability=${textOf(resource, of(largest, resource))}, that of queue ${largest.name}, which is below it`;
    return [{ path: ['spec', 'capability', resource], message }];
  });
}

const PATHS = { guarantee: ['spec', 'guarantee', 'resource'], deserved: ['spec', 'deserved'] } as const;
type Shared = keyof typeof PATHS;

/** What the queues below one parent say together, as far as the parent says something of it; below root they may say anything. */
function siblingErrors(queue: QueueRecord, queues: Queues, list: Shared): readonly Finding[] {
  const parent = queue.parent === ROOT_QUEUE ? undefined : queues.get(queue.parent);
  if (parent === undefined) return [];
  const siblings = queues.by('parent', parent.name).filter(({ name }) => name !== queue.name);
  const asked = new Set(queue[list]?.keys());
  const found = sumErrors([...siblings, queue], parent, list, `parent queue ${parent.name}`);
  return found.filter(({ path }) => asked.has(path.at(-1) ?? ''));
}

function childErrors(queue: QueueRecord, queues: Queues, list: Shared): readonly Finding[] {
  return sumErrors(queues.by('parent', queue.name), queue, list, `queue ${queue.name}`);
}

function sumErrors(parts: readonly QueueRecord[], whole: QueueRecord, list: Shared, what: string): readonly Finding[] {
  return entries(whole[list]).flatMap(([resource, limit]) => {
    const sum = parts.reduce((all, part) => all + (part[list]?.get(resource) ?? 0), 0);
    if (sum <= limit) return [];
    const message = `${what} validation failed: sum of children's ${list} (${resource} ${textOf(resource, sum)}) exceeds parent's ${list} limit (${resource} ${textOf(resource, limit)})`;
    return [{ path: [...PATHS[list], resource], message }];
  });
}

/** The amount as people write it. */
function textOf(resource: string, amount: number): string {
  return formatAmounts(new Map([[resource, amount]]))[resource] ?? '';
}

function entries(amounts: ResourceAmounts | undefined): readonly (readonly [resource: string, amount: number])[] {
  return [...(amounts ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
