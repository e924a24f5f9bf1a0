import { expect } from 'chai';
import { HmacSubmitterKeys, newSubmitterKey } from '../../src/adapters/submitter-keys.ts';
import { NO_SUBMITTER_KEYS } from '../../src/api/submitter-claim.ts';
import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import { reconcilePodGroup } from '../../src/controllers/pod-group/reconcile.ts';
import { BelievedGroups } from '../../src/engine/submitters/believed-groups.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { mutateWorkload } from '../../webhooks/apps/mutate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { mutatePodGroup } from '../../webhooks/pod-groups/mutate.ts';
import { observePlan } from '../support/pod-group-suite.ts';
import { Chain } from './frameworks/chain.ts';
import { example } from './frameworks/framework-table.ts';
import { patched, planOn, request, view } from './fixture.ts';
import { job } from './jobs/job-fixture.ts';
import {
  CONTAINERS,
  cronJob,
  inTemplate,
  LATER_MS,
  planned,
  pod,
  rootOf,
  SignedWorld,
  some,
  withMetadata,
  workload,
} from './signed-world.ts';

const SUBMITTER = 'sluice.dev/submitter';
const SIGNATURE = 'sluice.dev/submitter-signature';

let world: SignedWorld;
let { chain, clock, key, keys } = (world = new SignedWorld());

beforeEach(() => {
  ({ chain, clock, key, keys } = world = new SignedWorld());
});

function aliceJob(): JsonObject {
  return chain.make(job(), undefined, 'alice');
}

describe('the signature of a submitter', () => {
  const honest: Readonly<Record<string, () => JsonObject | Promise<JsonObject>>> = {
    'of a Job': () => aliceJob(),
    'of a Job whose name the API server makes': () => {
      const { name: _, ...metadata } = objectAt(job(), 'metadata');
      return chain.make({ ...job(), metadata: { ...metadata, generateName: 'train-' } }, undefined, 'alice');
    },
    'of a bare pod': () => chain.make(pod('one'), undefined, 'alice'),
    'of an object of a workload kind': async () => chain.make(await example('raycluster'), undefined, 'alice'),
    'of the Jobs of a CronJob, however old it is': () => {
      const cron = chain.make(cronJob(), undefined, 'alice');
      clock.advance(1000 * LATER_MS);
      return world.jobOf(cron);
    },
    'of the pods of a Deployment': () =>
      world.podOf(world.replicaSetOf(chain.make(workload('Deployment', 'web-site'), undefined, 'alice'))),
    'of the pods of a ReplicaSet': () =>
      world.podOf(chain.make(workload('ReplicaSet', 'web-site'), undefined, 'alice')),
    'of the pods of a StatefulSet': () => world.podOf(chain.make(workload('StatefulSet', 'db'), undefined, 'alice')),
    'of the replicas of a LeaderWorkerSet, through StatefulSets of its operator': async () => {
      const set = chain.make(await example('leaderworkerset'), undefined, 'alice');
      clock.advance(LATER_MS);
      return world.podOf(chain.make(workload('StatefulSet', 'leaders'), set), {
        'leaderworkerset.sigs.k8s.io/group-index': '1',
      });
    },
  };
  for (const [name, make] of Object.entries(honest)) {
    it(`is believed ${name}`, async () => {
      expect(world.userOf(await make())).to.equal('alice');
    });
  }

  const forged: Readonly<Record<string, () => JsonObject | Promise<JsonObject>>> = {
    'on a Job that nobody reviewed': () => {
      const made = aliceJob();
      return chain.slip(
        planned(withMetadata(made, { name: 'own' }), { root: 'own', group: 'own-1', signature: undefined }),
      );
    },
    'on a Job to which the plan of hers was copied': () => chain.slip(withMetadata(aliceJob(), { name: 'own' })),
    'in another namespace': () => chain.slip(withMetadata(aliceJob(), { namespace: 'team-b' })),
    'on an object of another kind': () => {
      const { metadata } = aliceJob();
      const spec = { containers: CONTAINERS, schedulerName: 'sluice' };
      return chain.slip({ ...pod('train'), metadata: metadata ?? {}, spec });
    },
    'for another group': () => chain.slip(planned(aliceJob(), { group: 'train-other' })),
    'on a Job of that name which was made again later': () => {
      const made = aliceJob();
      clock.advance(LATER_MS);
      return chain.slip(made);
    },
    'on a Job that is hers, by another name that is not': () => planned(aliceJob(), { submitter: 'bob' }),
    'by a key of somebody else': () => {
      const others = new HmacSubmitterKeys({ signer: 'k1', keys: new Map([['k1', newSubmitterKey()]]) }, clock);
      return new Chain('known', { keys: others, clock }).make(job(), undefined, 'alice');
    },
    'by a key that nobody knows': () => {
      const others = new HmacSubmitterKeys({ signer: 'k2', keys: new Map([['k2', key]]) }, clock);
      return new Chain('known', { keys: others, clock }).make(job(), undefined, 'alice');
    },
    'where an older Sluice has planned, which signs nothing': () =>
      new Chain('known', { keys: NO_SUBMITTER_KEYS, clock }).make(job(), undefined, 'alice'),
    'on the template of a CronJob that nobody reviewed': () =>
      world.jobOf(chain.slip(inTemplate(cronJob(), ['jobTemplate'], { [SUBMITTER]: 'alice' }))),
    'on a CronJob to which her template was copied': () =>
      world.jobOf(chain.slip(withMetadata(chain.make(cronJob(), undefined, 'alice'), { name: 'own' }))),
    'on a template that was hers, by another name that is not': () =>
      world.jobOf(inTemplate(chain.make(cronJob(), undefined, 'alice'), ['jobTemplate'], { [SUBMITTER]: 'bob' })),
    'on a template of another kind': () => {
      const { template } = objectAt(chain.make(workload('Deployment', 'web'), undefined, 'alice'), 'spec');
      return world.podOf(chain.slip({ ...workload('StatefulSet', 'web'), spec: { template: template ?? {} } }));
    },
    'on a Deployment to which her template was copied': () => {
      const made = chain.make(workload('Deployment', 'web-site'), undefined, 'alice');
      return world.podOf(world.replicaSetOf(chain.slip(withMetadata(made, { name: 'own' }))));
    },
    'on pods that carry her plan for a replica of another set': async () => {
      const set = chain.make(await example('leaderworkerset'), undefined, 'alice');
      const leaders = chain.make(workload('StatefulSet', 'leaders'), set);
      const other = chain.slip(withMetadata(leaders, { name: 'own' }));
      return world.podOf(other, { 'leaderworkerset.sigs.k8s.io/group-index': '1' });
    },
    'on what an operator makes for an object that nobody reviewed': async () => {
      const made = planned(chain.make(await example('leaderworkerset'), undefined, 'eve'), { submitter: 'alice' });
      const set = chain.slip(made);
      return world.podOf(chain.make(workload('StatefulSet', 'leaders'), set), {
        'leaderworkerset.sigs.k8s.io/group-index': '1',
      });
    },
  };
  for (const [name, make] of Object.entries(forged)) {
    it(`is not believed ${name}`, async () => {
      expect(world.userOf(await make())).to.match(/^\((alice|bob)\)$/);
    });
  }

  it('stays in the plan, whoever changes the Job and whatever its plan is made to say', () => {
    const stored = aliceJob();
    const { signature } = planOn(stored);
    clock.advance(LATER_MS);
    const larger = { ...objectAt(stored, 'spec'), parallelism: 2, completions: 2 };
    for (const object of [stored, { ...planned(stored, { signature: 'k1.0.x' }), spec: larger }]) {
      const about = request({ operation: 'UPDATE', username: 'eve', object, oldObject: stored });
      expect(planOn(patched(object, mutateJob(about, view({ submitterKeys: keys })))).signature).to.equal(signature);
    }
  });

  it('is that of who copies a manifest, and is not put on what was stored without', () => {
    const copy = chain.make(withMetadata(aliceJob(), { name: 'copy' }), undefined, 'bob');
    expect(world.userOf(copy)).to.equal('bob');
    const bare = planned(aliceJob(), { signature: undefined });
    const about = request({ operation: 'UPDATE', username: 'alice', object: bare, oldObject: bare });
    expect(planOn(patched(bare, mutateJob(about, view({ submitterKeys: keys })))).signature).to.equal(undefined);
  });

  it('is not written twice in one review, and anew when the object is made again', () => {
    const reviewed = (object: JsonObject): JsonObject =>
      patched(object, mutateJob(request({ object }), view({ submitterKeys: keys })));
    const once = reviewed(job());
    clock.advance(5000);
    expect(reviewed(once)).to.deep.equal(once);
    clock.advance(LATER_MS);
    expect(planOn(reviewed(once)).signature).to.not.equal(planOn(once).signature);
  });

  it('is not written twice into the template of what an operator makes', async () => {
    const set = chain.make(await example('leaderworkerset'), undefined, 'alice');
    const once = chain.make(workload('StatefulSet', 'leaders'), set);
    clock.advance(5000);
    expect(objectAt(chain.make(once, set), 'spec')).to.deep.equal(objectAt(once, 'spec'));
  });

  it('stays in a template, and a Deployment that was stored without one is not rolled over for it', () => {
    const signatureOf = (object: JsonObject): string =>
      stringAt(object, ['spec', 'template', 'metadata', 'annotations', SIGNATURE]);
    const stored = chain.make(workload('Deployment', 'web'), undefined, 'alice');
    const changed = (object: JsonObject, oldObject: JsonObject): JsonObject =>
      patched(
        object,
        mutateWorkload(
          request({ operation: 'UPDATE', username: 'eve', object, oldObject }),
          view({ submitterKeys: keys }),
        ),
      );
    clock.advance(LATER_MS);
    expect(signatureOf(changed(workload('Deployment', 'web'), stored))).to.equal(signatureOf(stored));
    const unsigned = inTemplate(workload('Deployment', 'web'), ['template'], { [SUBMITTER]: 'alice' });
    expect(changed(unsigned, unsigned)).to.deep.equal(unsigned);
  });
});

describe('the signature on a PodGroup', () => {
  const forged: Readonly<Record<string, (group: PodGroupRecord) => PodGroupRecord>> = {
    'for another user': (group) => ({ ...group, submitter: 'eve' }),
    'of another name': (group) => ({ ...group, name: 'own', key: 'team-a/own' }),
    'in another namespace': (group) => ({ ...group, namespace: 'team-b', key: `team-b/${group.name}` }),
    'of an object that was made again': (group) => ({ ...group, owner: { ...some(group.owner), uid: 'another' } }),
    'of nobody': (group) => ({ ...group, owner: undefined }),
    'that stands in a plan': (group) => ({ ...group, submitterSignature: some(planOn(aliceJob()).signature) }),
    'that is none': (group) => ({ ...group, submitterSignature: 'yes' }),
  };
  for (const [name, change] of Object.entries(forged)) {
    it(`is not believed: ${name}`, () => {
      const group = world.groupOf(aliceJob());
      expect(world.believed(group)).to.equal('alice');
      expect(world.believed(change(group))).to.match(/^\((alice|eve)\)$/);
    });
  }

  it('is written by Sluice alone', () => {
    const group = { metadata: { name: 'g', annotations: { [SIGNATURE]: 'k1.1.x' } }, spec: { queue: 'default' } };
    const stored = patched(group, mutatePodGroup(request({ object: group, username: 'eve' }), view()));
    expect(stringAt(stored, ['metadata', 'annotations', SIGNATURE])).to.equal('');
  });

  it('is added where the plan is signed and the group is not, or no more, and nowhere else', () => {
    const made = aliceJob();
    const signed = world.groupOf(made);
    const patchOf = (group: PodGroupRecord, root = made): readonly string[] =>
      reconcilePodGroup(observePlan(rootOf(root), { submitterKeys: keys, group })).flatMap((effect) =>
        effect.kind === 'patch' ? Object.values(objectAt(effect.body, 'metadata', 'annotations')).map(String) : [],
      );
    expect(patchOf(signed), 'it stands').to.deep.equal([]);
    const wanted = ['alice', signed.submitterSignature];
    expect(patchOf({ ...signed, submitterSignature: '' }), 'an older Sluice made the group').to.deep.equal(wanted);
    expect(patchOf({ ...signed, submitter: 'eve' }), 'somebody wrote another name').to.deep.equal(wanted);
    const bare = planned(made, { signature: undefined });
    expect(patchOf({ ...signed, submitterSignature: '' }, bare), 'nobody signed the plan').to.deep.equal([]);
    expect(patchOf(signed, bare), 'the plan lost what the group has').to.deep.equal([]);
  });

  it('counts as long as its key does, and nothing is signed without a key', () => {
    const group = world.groupOf(aliceJob());
    const seen: string[] = [];
    const groups = new BelievedGroups(keys, (changes) => {
      for (const change of changes) if (change.kind === 'upsert') seen.push(change.record.submitter);
    });
    groups.apply([{ kind: 'upsert', record: group }]);
    keys.use({ signer: '', keys: new Map() });
    groups.judgeAgain();
    groups.judgeAgain();
    expect(world.userOf(aliceJob())).to.equal('(alice)');
    keys.use({ signer: 'k1', keys: new Map([['k1', key]]) });
    groups.judgeAgain();
    expect(seen).to.deep.equal(['alice', '', 'alice']);
  });
});
