import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { stringAt } from '../../../src/lib/json.ts';
import { policy } from '../../support/policies.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { compile } from '../../../webhooks/policies/policy-set.ts';
import { rootMutator } from '../../../webhooks/roots/mutate.ts';
import { example, specOf } from '../frameworks/framework-table.ts';
import { patched, planOn, request, summary, view } from '../fixture.ts';

const BOUND = 'sluice.dev/policy-min-member';
const OWN = 'scheduling.volcano.sh/group-min-member';
const QUEUES = { root: { hasChildren: true }, default: {}, research: {}, green: {} };

function cluster(set: JsonObject): ClusterView {
  return view({ queues: QUEUES, policies: compile([policy('few', { set })]) });
}

function submit(object: JsonObject, set: JsonObject, oldObject?: JsonObject): Verdict {
  const about = { object, ...(oldObject === undefined ? {} : { oldObject, operation: 'UPDATE' as const }) };
  return rootMutator(specOf(object))(request(about), cluster(set));
}

function minima(object: JsonObject): Readonly<Record<string, number>> {
  return Object.fromEntries(planOn(object).tasks.map(({ name, min }) => [name, min]));
}

/** Example, what the policy sets, what the object says itself, and the minima of its roles. */
const CASES: readonly (readonly [name: string, kind: string, gang: JsonObject, own: string, want: JsonObject])[] = [
  ['is given out in the order of the roles', 'jobset', { minMembers: 3 }, '', { driver: 1, workers: 2 }],
  ['is never more than all', 'jobset', { minMembers: 50 }, '', { driver: 1, workers: 6 }],
  ['of an object without templates counts as well', 'amljob', { minMembers: 2 }, '', { worker: 2 }],
  ['leaves what the object says', 'jobset', { minMembers: 3 }, '5', { driver: 1, workers: 4 }],
  [
    'takes the place of what the object says where it is told to',
    'jobset',
    { minMembers: 3, onConflict: 'Override' },
    '5',
    { driver: 1, workers: 2 },
  ],
  ['counts for each replica', 'leaderworkerset', { minMembers: 2 }, '', { leader: 1, worker: 1 }],
];

describe('the lower bound that a policy gives to an object of a workload kind', () => {
  for (const [name, kind, gang, own, want] of CASES) {
    it(name, async () => {
      const object = await example(kind);
      const annotations = own === '' ? {} : { [OWN]: own };
      const metadata = { ...(object['metadata'] as JsonObject), annotations };
      const root = { ...object, metadata };
      const once = patched(root, submit(root, { gang }));
      expect(minima(once)).to.deep.equal(want);
      expect(submit(once, { gang })).to.deep.include({ kind: 'allow', patch: [] });
    });
  }

  it('leaves an overall minimum in a field of the kind, and names that field where it must not', async () => {
    const object = await example('pytorchjob');
    const spec = object['spec'] as JsonObject;
    const schedulingPolicy = { minAvailable: 2, queue: 'research' };
    const own = { ...object, spec: { ...spec, runPolicy: { schedulingPolicy } } };
    expect(minima(patched(own, submit(own, { gang: { minMembers: 3 } })))).to.deep.equal({ master: 1, worker: 1 });
    const denied = submit(own, { gang: { minMembers: 3, onConflict: 'RejectOnConflict' } });
    expect(summary(denied)).to.equal('403 PolicyConflict spec.runPolicy.schedulingPolicy.minAvailable');
  });

  it('follows no update, and takes room for so many', async () => {
    const object = await example('jobset');
    const once = patched(object, submit(object, { gang: { minMembers: 3 } }));
    const changed = { ...once, metadata: { ...(once['metadata'] as JsonObject), annotations: {} } };
    const after = patched(changed, submit(changed, { gang: { minMembers: 7 } }, once));
    expect(minima(after)).to.deep.equal({ driver: 1, workers: 2 });
    expect(planOn(after)).to.deep.equal(planOn(once));
    expect(planOn(after).policies, 'for people').to.equal('few');
    expect(stringAt(after, ['metadata', 'annotations', BOUND])).to.equal('3');
  });

  it('that a copied manifest brings counts for nothing', async () => {
    const object = await example('jobset');
    const copied = { ...object, metadata: { ...(object['metadata'] as JsonObject), annotations: { [BOUND]: '2' } } };
    const after = patched(copied, rootMutator(specOf(object))(request({ object: copied }), view({ queues: QUEUES })));
    expect(minima(after)).to.deep.equal({ driver: 1, workers: 6 });
    expect(stringAt(after, ['metadata', 'annotations', BOUND])).to.equal('');
  });

  it('may be written by whoever makes the object, as a whole number', async () => {
    const object = await example('jobset');
    const wrong = { ...object, metadata: { ...(object['metadata'] as JsonObject), annotations: { [OWN]: 'few' } } };
    expect(summary(submit(wrong, { queue: { name: 'green' } }))).to.match(
      /^422 InvalidMinMember metadata\.annotations/,
    );
  });

  it('comes with the queue of a policy where the templates of its pods cannot be seen', async () => {
    const object = await example('amljob');
    const bare = { ...object, metadata: { name: 'train' } };
    expect(planOn(patched(bare, submit(bare, { queue: { name: 'green' } }))).queue).to.equal('green');
  });
});
