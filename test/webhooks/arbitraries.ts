import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';

/** Keys that the rules read, mixed with others, so that generated objects often mean something. */
const KEYS = [
  'sluice.dev/group-plan',
  'scheduling.k8s.io/group-name',
  'scheduling.volcano.sh/group-name',
  'scheduling.volcano.sh/group-min-member',
  'scheduling.volcano.sh/queue-name',
  'volcano.sh/queue-name',
  'volcano.sh/task-spec',
  'spark-role',
  'spark-app-selector',
  'sluice.dev/spark-min-executors',
  'app~kubernetes/io',
  '__proto__',
  'constructor',
] as const;

const VALUES = [
  '',
  'blue',
  'default',
  'shut',
  'nowhere',
  'driver',
  'executor',
  'spark-0123abcd',
  'my Role',
  '1',
  '3',
  '999',
  '-1',
  'x',
  'train-0a1b2c3d',
  '{"version":1,"group":"train-0a1b2c3d","root":"train","queue":"blue","priorityClassName":"","tasks":[{"name":"worker","min":2,"stage":0}],"minResources":{}}',
] as const;

const text = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...VALUES) }, { weight: 1, arbitrary: fc.string() });

/** JSON objects whose own `__proto__` member is one, as JSON.parse makes them. */
function fromEntries(entries: readonly (readonly [string, JsonValue])[]): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, value] of entries) {
    Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

const strings = fc
  .uniqueArray(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string()), text), {
    maxLength: 8,
    selector: ([key]) => key,
  })
  .map(fromEntries);
const map = fc.oneof({ weight: 6, arbitrary: strings }, { weight: 1, arbitrary: fc.constant(null) });

const anything = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;

const metadata = fc.record(
  {
    name: fc.constantFrom('train', 'Train.v2', 'x'.repeat(80)),
    generateName: fc.constantFrom('train-', 'web-6f7d-'),
    labels: map,
    annotations: map,
    uid: fc.constant('u'),
    ownerReferences: fc.array(
      fc.record(
        {
          apiVersion: fc.constantFrom('batch/v1', 'apps/v1'),
          kind: fc.constantFrom('Job', 'ReplicaSet', 'DaemonSet'),
          name: text,
          uid: text,
          controller: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    ),
    finalizers: anything,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

const resources = fc.record(
  {
    requests: fc.record(
      { cpu: fc.constantFrom('1', '250m', 2, 'lots'), memory: fc.constantFrom('1Gi', '512Mi') },
      { requiredKeys: [] },
    ),
    limits: fc.record({ 'nvidia.com/gpu': fc.constantFrom('8', 1) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

const podSpec = fc.record(
  {
    schedulerName: fc.constantFrom('', 'default-scheduler', 'sluice', 'volcano', 'kueue'),
    nodeName: fc.constantFrom('', 'node-1'),
    priorityClassName: text,
    containers: fc.array(fc.record({ name: text, resources, env: anything }, { requiredKeys: [] }), { maxLength: 2 }),
    schedulingGates: fc.array(fc.record({ name: text }), { maxLength: 1 }),
    futureField: anything,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

/** Pods that mostly look like pods. */
export const pods = fc.record(
  { apiVersion: fc.constant('v1'), kind: fc.constant('Pod'), metadata, spec: podSpec, extra: anything },
  { requiredKeys: ['metadata', 'spec'] },
) as fc.Arbitrary<JsonObject>;

const size = fc.constantFrom(0, 1, 4, 8, null);

/** Jobs that mostly look like Jobs. */
export const jobs = fc.record(
  {
    kind: fc.constant('Job'),
    metadata,
    spec: fc.record(
      {
        parallelism: size,
        completions: size,
        suspend: fc.boolean(),
        template: fc.record({ metadata, spec: podSpec, extra: anything }, { requiredKeys: [] }),
        extra: anything,
      },
      { requiredKeys: [] },
    ),
    extra: anything,
  },
  { requiredKeys: ['metadata', 'spec'] },
) as fc.Arbitrary<JsonObject>;

/** Any JSON object at all, with the names that the rules look for sprinkled in. */
export const anyObjects = fc.oneof(
  fc.record({ metadata: anything, spec: anything }, { requiredKeys: [] }),
  fc.record({
    metadata: fc.record(
      { labels: anything, annotations: anything, ownerReferences: anything, name: anything },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      { template: anything, parallelism: anything, parent: anything, guarantee: anything, minTaskMember: anything },
      { requiredKeys: [] },
    ),
  }),
  pods,
  jobs,
) as fc.Arbitrary<JsonObject>;

/** The same value with every object's members in another order. */
export function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => reversed(item));
  if (typeof value !== 'object' || value === null) return value;
  return fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item as JsonValue)] as const),
  );
}
