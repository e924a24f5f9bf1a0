import { expect } from 'chai';
import fc from 'fast-check';
import { REASONS } from '../../src/api/reasons.ts';
import { pointer } from '../../src/lib/json-patch.ts';
import { isJsonObject } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { AdmissionRequest, AdmitFn } from '../../webhooks/admission.ts';
import type { Verdict } from '../../webhooks/verdict.ts';
import { mutateWorkload } from '../../webhooks/apps/mutate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { mutatePodGroup } from '../../webhooks/pod-groups/mutate.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { REGISTRY } from '../../webhooks/registry.ts';
import { withoutAmbient } from '../support/pure.ts';
import { anyObjects, jobs, pods, reversed } from './arbitraries.ts';
import { patched, request, view } from './fixture.ts';

const CLUSTERS = {
  usual: view(),
  unsynced: view({ synced: false, queues: {} }),
  busy: view({
    defaults: { 'team-a': 'blue' },
    groups: [
      { namespace: 'team-a', name: 'spark-0123abcd', queue: 'blue', ownerUid: 'x' },
      { namespace: 'team-a', name: 'train-0a1b2c3d', queue: 'default', ownerUid: '1', origin: 'Job/train' },
      { namespace: 'team-a', name: 'podgroup-u', queue: 'blue', ownerUid: 'u', origin: 'ReplicaSet/web' },
    ],
  }),
};
const clusters = fc.constantFrom(...Object.values(CLUSTERS));
const uids = fc.uuid();

const MUTATORS: readonly (readonly [string, AdmitFn, fc.Arbitrary<JsonObject>])[] = [
  ['jobs', mutateJob, jobs],
  ['pods', mutatePod, pods],
  ['workloads', mutateWorkload, jobs],
  ['podgroups', mutatePodGroup, jobs],
];

/** Every leaf of an object by its pointer; empty maps and lists are leaves. */
function leaves(value: JsonValue, at = ''): Map<string, JsonValue> {
  const members: readonly (readonly [string, JsonValue])[] = Array.isArray(value)
    ? value.map((item: JsonValue, index) => [String(index), item] as const)
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  if (members.length === 0) return new Map([[at, value]]);
  return new Map(members.flatMap(([key, item]) => [...leaves(item, at + pointer(key))]));
}

/** What the mutators may write; all else has to survive as it was. */
const OURS =
  /\/(schedulerName|(labels|annotations)\/(sluice\.dev~1group-plan|scheduling\.k8s\.io~1group-name|scheduling\.volcano\.sh~1queue-name|volcano\.sh~1queue-name|volcano\.sh~1task-spec))$/;

describe('webhook mutators, whatever the object', () => {
  for (const [name, admit, objects] of MUTATORS) {
    it(`${name}: three appliers make the same of the patch, and a second mutation changes nothing`, () => {
      fc.assert(
        fc.property(objects, clusters, uids, uids, (object, cluster, first, second) => {
          const verdict = admit(request({ uid: first, object }), cluster);
          if (verdict.kind !== 'allow') return;
          const once = patched(object, verdict);
          const again = admit(request({ uid: second, object: once }), cluster);
          expect(again.kind === 'allow' ? again.patch : again, JSON.stringify(once)).to.deep.equal([]);
        }),
        { numRuns: 400 },
      );
    });

    it(`${name}: only our own keys change`, () => {
      fc.assert(
        fc.property(objects, clusters, uids, (object, cluster, uid) => {
          const verdict = admit(request({ uid, object }), cluster);
          if (verdict.kind !== 'allow') return;
          const after = leaves(patched(object, verdict));
          for (const [at, value] of leaves(object)) {
            const isEmptyMap = value === null || (isJsonObject(value) && Object.keys(value).length === 0);
            if (OURS.test(at) || isEmptyMap) continue;
            expect(after.get(at), at).to.deep.equal(value);
          }
        }),
        { numRuns: 400 },
      );
    });

    it(`${name}: the order of members does not matter`, () => {
      fc.assert(
        fc.property(objects, clusters, uids, (object, cluster, uid) => {
          const other = reversed(object) as JsonObject;
          const a = admit(request({ uid, object }), cluster);
          const b = admit(request({ uid, object: other }), cluster);
          expect(b).to.deep.equal(a);
        }),
        { numRuns: 400 },
      );
    });

    it(`${name}: an update of a stored object to itself changes nothing`, () => {
      fc.assert(
        fc.property(objects, clusters, uids, (object, cluster, uid) => {
          const verdict = admit(request({ uid, object }), cluster);
          if (verdict.kind !== 'allow') return;
          const stored = patched(object, verdict);
          const update = admit(request({ uid, operation: 'UPDATE', object: stored, oldObject: stored }), cluster);
          expect(update.kind === 'allow' ? update.patch : update).to.deep.equal([]);
        }),
        { numRuns: 400 },
      );
    });
  }
});

/** Verdicts that break the contract with the dispatcher and the API server. */
function checkContract(verdict: Verdict, phase: string): void {
  if (verdict.kind === 'error') throw new Error(verdict.message);
  if (verdict.kind === 'deny') {
    expect(Object.keys(REASONS)).to.include(verdict.reason);
    expect(verdict.errors).to.not.be.empty;
    expect(verdict.code).to.be.oneOf([403, 422]);
    return;
  }
  if (phase === 'validate') expect(verdict.patch).to.deep.equal([]);
  for (const warning of verdict.warnings) expect(warning).to.match(/^[^\n\r]{1,120}$/);
  for (const key of Object.keys(verdict.audit)) expect(key).to.match(/^[a-z-]+$/);
}

describe('webhook rules, for any JSON object', () => {
  const requests: fc.Arbitrary<Partial<AdmissionRequest>> = fc.record({
    uid: fc.string(),
    name: fc.constantFrom('', 'blue', 'root', '__proto__'),
    namespace: fc.constantFrom('', 'team-a'),
    object: fc.option(anyObjects, { nil: undefined }),
    oldObject: fc.option(anyObjects, { nil: undefined }),
    subresource: fc.constantFrom('', '', '', 'status'),
  });
  for (const row of REGISTRY) {
    for (const operation of row.operations) {
      it(`${row.phase} ${row.resource} ${operation}: a lawful verdict, no throw, no clock, no dice; dry run changes nothing`, () => {
        fc.assert(
          fc.property(requests, clusters, (over, cluster) => {
            const asked = request({ ...over, operation });
            const frozen = JSON.stringify(asked);
            const verdict = withoutAmbient(() => row.admit(asked, cluster));
            checkContract(verdict, row.phase);
            expect(row.admit({ ...asked, dryRun: true }, cluster)).to.deep.equal(verdict);
            expect(JSON.stringify(asked)).to.equal(frozen);
            if (verdict.kind === 'allow' && asked.object !== undefined) patched(asked.object, verdict);
          }),
          { numRuns: 400 },
        );
      });
    }
  }
});
