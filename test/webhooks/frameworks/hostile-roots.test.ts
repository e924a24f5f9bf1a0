import { expect } from 'chai';
import fc from 'fast-check';
import { isJsonObject } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import { readRoot } from '../../../webhooks/frameworks/read-root.ts';
import { rootMutator } from '../../../webhooks/roots/mutate.ts';
import { MAX_COUNT } from '../../../webhooks/whole-number.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { patched, request, view } from '../fixture.ts';
import { example, exampleNames, specOf } from './framework-table.ts';

const CLUSTER = view({ queues: { root: { hasChildren: true }, default: {}, research: {} } });

/** Values that somebody may write where anything else belongs. */
const nonsense = fc.oneof(
  fc.constantFrom<JsonValue>(null, -1, 0, 1e300, 0.5, '', '7', 'x'.repeat(300), true, [], {}, '__proto__'),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>,
);

/** The same object with the field at one of its ways exchanged. */
function damaged(value: JsonValue, seed: number, other: JsonValue): JsonValue {
  if (Array.isArray(value) && value.length > 0) {
    const list = value as readonly JsonValue[];
    const at = seed % list.length;
    return list.map((item, i) => (i === at ? deeper(item, seed, other) : item));
  }
  if (!isJsonObject(value)) return other;
  const keys = Object.keys(value);
  const at = keys[seed % Math.max(1, keys.length)];
  if (at === undefined) return other;
  return { ...value, [at]: deeper(value[at] ?? null, seed, other) };
}

function deeper(value: JsonValue, seed: number, other: JsonValue): JsonValue {
  return seed % 5 === 0 ? other : damaged(value, Math.trunc(seed / 3), other);
}

describe('objects of workload kinds, whatever stands in them', () => {
  let objects: readonly JsonObject[] = [];
  before(async () => {
    objects = await Promise.all((await exampleNames()).map(example));
  });

  it('have minima of at most their pods, roles with different names, and are planned once', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), nonsense), { minLength: 1, maxLength: 4 }),
        (which, damages) => {
          const whole = objects[which % objects.length] ?? {};
          const kind = specOf(whole);
          const object = damages.reduce<JsonObject>((one, [seed, other]) => {
            return { ...one, spec: damaged(one['spec'] ?? null, seed, other) };
          }, whole);
          const { roles } = withoutAmbient(() => readRoot(kind, object));
          for (const { count, min } of roles) expect(min >= 0 && min <= count && count <= MAX_COUNT).to.equal(true);
          expect(new Set(roles.map(({ name }) => name)).size).to.equal(roles.length);
          const mutate = rootMutator(kind);
          const verdict = mutate(request({ object }), CLUSTER);
          if (verdict.kind !== 'allow') return;
          const once = patched(object, verdict);
          expect(mutate(request({ uid: 'other', object: once }), CLUSTER)).to.deep.include({
            kind: 'allow',
            patch: [],
          });
          const update = mutate(request({ operation: 'UPDATE', object: once, oldObject: once }), CLUSTER);
          expect(update).to.deep.include({ kind: 'allow', patch: [] });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('are read without a throw when nothing is as described', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BUILT_IN_KINDS), nonsense, nonsense, (kind, metadata, spec) => {
        const object = { metadata, spec } as JsonObject;
        const verdict = rootMutator(kind)(request({ object }), CLUSTER);
        if (verdict.kind === 'allow') patched(object, verdict);
      }),
    );
  });

  it('with more roles than are looked at are not planned', () => {
    const [kind] = BUILT_IN_KINDS.filter((one) => one.kind === 'JobSet');
    if (kind === undefined) throw new Error('no JobSet');
    const replicatedJobs = Array.from({ length: 200_000 }, (_, i) => ({ name: `job-${i}`, replicas: 1 }));
    expect(readRoot(kind, { spec: { replicatedJobs } })).to.deep.include({ hasTooManyRoles: true, roles: [] });
  });
});
