import { expect } from 'chai';
import { projectPolicy } from '../../../src/api/projections/policy.ts';
import type { PolicyRecord } from '../../../src/api/records/policy-record.ts';
import type { Policy } from '../../../src/api/records/policy.ts';
import { reconcilePolicy } from '../../../src/controllers/policy/reconcile.ts';
import { objectAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { policy } from '../../support/policies.ts';
import { withoutAmbient } from '../../support/pure.ts';

const NOW_MS = Date.parse('2030-01-01T00:00:00.000Z');
const EARLIER_TIME = '2029-01-01T00:00:00.000Z';

function raw(spec: JsonObject, status: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { metadata: { name: 'p', uid: 'u', resourceVersion: '7', generation: 3, ...metadata }, spec, status };
}

function record(object: JsonObject): PolicyRecord {
  const found = projectPolicy(object);
  if (found === undefined) throw new Error('no record');
  return found;
}

/** The status that is written; undefined for none. A second look at it writes nothing. */
function written(object: JsonObject, earlier: readonly Policy[] = []): JsonObject | undefined {
  const [effect] = withoutAmbient(() => reconcilePolicy({ nowMs: NOW_MS, record: record(object), earlier }));
  if (effect === undefined) return undefined;
  if (effect.kind !== 'patchStatus') throw new Error(effect.kind);
  expect(effect.precondition).to.deep.equal({ uid: 'u', resourceVersion: '7' });
  const status = objectAt(effect.body, 'status');
  const again = reconcilePolicy({ nowMs: NOW_MS + 5000, record: record({ ...object, status }), earlier });
  expect(again, 'a second look').to.deep.equal([]);
  return status;
}

const SPEC = { set: { queue: { name: 'a' } } };
const BROKEN = { set: { labels: { values: { 'kubernetes.io/x': 'y' } } } };
const PROBLEM =
  'spec.set.labels.values[kubernetes.io/x]: "kubernetes.io/x": keys of kubernetes.io are not for policies to write';

function ready(status: string, reason: string, message: string): JsonObject {
  return { type: 'Ready', status, reason, message, lastTransitionTime: new Date(NOW_MS).toISOString() };
}

const AT_PEACE = { ...ready('False', 'PolicyInForce', ''), type: 'Conflicting' };

describe('the status of a policy', () => {
  const rows: Readonly<Record<string, { object: JsonObject; earlier?: readonly Policy[]; want: JsonObject }>> = {
    'says that it is in force': {
      object: raw(SPEC),
      want: {
        observedGeneration: 3,
        inForceGeneration: 3,
        inForceSpec: JSON.stringify(SPEC),
        conflicts: 0,
        conditions: [ready('True', 'PolicyInForce', ''), AT_PEACE],
      },
    },
    'says what cannot be read, and which form goes on': {
      object: raw(BROKEN, { inForceGeneration: 2 }),
      want: {
        observedGeneration: 3,
        inForceGeneration: 2,
        inForceSpec: '',
        conflicts: 0,
        conditions: [
          ready('False', 'PolicyNotReadable', `${PROBLEM}; generation 2 stays in force until Sluice starts anew`),
          AT_PEACE,
        ],
      },
    },
    'keeps the form that goes on': {
      object: raw(BROKEN, { inForceGeneration: 2, inForceSpec: JSON.stringify(SPEC) }),
      want: {
        observedGeneration: 3,
        inForceGeneration: 2,
        inForceSpec: JSON.stringify(SPEC),
        conflicts: 0,
        conditions: [ready('False', 'PolicyNotReadable', `${PROBLEM}; generation 2 stays in force`), AT_PEACE],
      },
    },
    'says that nothing goes on where nothing ever did': {
      object: raw(BROKEN),
      want: {
        observedGeneration: 3,
        inForceGeneration: 0,
        inForceSpec: '',
        conflicts: 0,
        conditions: [ready('False', 'PolicyNotReadable', `${PROBLEM}; the policy does nothing`), AT_PEACE],
      },
    },
    'says to whom it yields': {
      object: raw(SPEC),
      earlier: [policy('first', { set: { queue: { name: 'b' } } })],
      want: {
        observedGeneration: 3,
        inForceGeneration: 3,
        inForceSpec: JSON.stringify(SPEC),
        conflicts: 1,
        conditions: [
          ready('True', 'PolicyInForce', ''),
          {
            ...ready('True', 'PolicyYields', 'spec.set.queue.name: policy first comes first and sets b'),
            type: 'Conflicting',
          },
        ],
      },
    },
    'keeps the time of what did not change': {
      object: raw(SPEC, { conditions: [{ ...ready('True', 'Old', ''), lastTransitionTime: EARLIER_TIME }] }),
      want: {
        observedGeneration: 3,
        inForceGeneration: 3,
        inForceSpec: JSON.stringify(SPEC),
        conflicts: 0,
        conditions: [{ ...ready('True', 'PolicyInForce', ''), lastTransitionTime: EARLIER_TIME }, AT_PEACE],
      },
    },
  };
  for (const [name, { object, earlier, want }] of Object.entries(rows)) {
    it(name, () => expect(written(object, earlier)).to.deep.equal(want));
  }

  it('says that a policy which selects by a label that another one writes is out of force', () => {
    const first = policy('first', { set: { labels: { values: { x: '1' } } } });
    const status = written(raw({ match: { selector: { matchLabels: { x: '1' } } }, ...SPEC }), [first]);
    expect(status).to.have.nested.property('conditions[0].status', 'False');
    expect(status).to.have.nested.property('conditions[0].reason', 'PolicyYields');
  });

  it('is left alone on a policy that goes', () => {
    expect(written(raw(SPEC, {}, { deletionTimestamp: EARLIER_TIME }))).to.equal(undefined);
  });
});
