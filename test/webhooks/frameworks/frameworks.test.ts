import { expect } from 'chai';
import { GROUP_NAME_ANNOTATION, GROUP_PLAN_ANNOTATION, TASK_SPEC_KEY } from '../../../src/api/keys.ts';
import { validateWorkloadKind } from '../../../src/api/validate.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import { askPod } from '../../../webhooks/pods/inherited.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import type { Answers } from '../../../webhooks/question.ts';
import { rootMutator } from '../../../webhooks/roots/mutate.ts';
import { created, patched, planOn, request } from '../fixture.ts';
import { CLUSTER, knowing, OPERATOR, submitted } from './framework-cluster.ts';
import { example, exampleNames, GANGS, HANDED_DOWN, podOf, REPLICAS, specOf, stored } from './framework-table.ts';

function groupOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'annotations', GROUP_NAME_ANNOTATION]);
}

function roleOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'labels', TASK_SPEC_KEY]);
}

function queueOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'labels', 'volcano.sh/queue-name']);
}

describe('workload kinds that are built in', () => {
  for (const spec of BUILT_IN_KINDS) {
    it(`${spec.kind} is described as a manifest could`, () => {
      const manifest = { apiVersion: 'sluice.dev/v1alpha1', kind: 'WorkloadKind', spec };
      expect(validateWorkloadKind(JSON.parse(JSON.stringify(manifest)))).to.deep.equal([]);
    });
  }

  it('have an example each', async () => {
    const kinds = await Promise.all((await exampleNames()).map(async (name) => specOf(await example(name)).kind));
    expect([...new Set(kinds)].toSorted()).to.deep.equal(
      [...new Set(BUILT_IN_KINDS.map(({ kind }) => kind))].toSorted(),
    );
  });

  it('are all in the table of this test', async () => {
    expect([...Object.keys(GANGS), ...HANDED_DOWN, ...Object.keys(REPLICAS)].toSorted()).to.deep.equal(
      await exampleNames(),
    );
  });
});

for (const [name, { roles, pods }] of Object.entries(GANGS)) {
  describe(`framework ${name}`, () => {
    it('is one gang with the right minima and stages, in its queue', async () => {
      const { tasks, queue } = planOn(await submitted(name));
      expect(Object.fromEntries(tasks.map(({ name: role, min, stage }) => [role, [min, stage]]))).to.deep.equal(roles);
      expect(queue).to.equal('research');
    });

    it('is mutated once', async () => {
      const once = await submitted(name);
      const again = rootMutator(specOf(once))(request({ uid: 'other', object: once }), CLUSTER);
      expect(again).to.deep.include({ kind: 'allow', patch: [] });
    });

    it('survives an update of something else, and a replace with its first manifest', async () => {
      const once = await submitted(name);
      const mutate = rootMutator(specOf(once));
      const ofStatus = { ...once, status: { active: 1 } };
      const update = mutate(request({ operation: 'UPDATE', object: ofStatus, oldObject: once }), CLUSTER);
      expect(update).to.deep.include({ kind: 'allow', patch: [] });
      const first = stored(await example(name));
      const replaced = patched(
        first,
        mutate(request({ operation: 'UPDATE', object: first, oldObject: once }), CLUSTER),
      );
      expect(planOn(replaced)).to.deep.equal(planOn(once));
      expect(replaced['spec']).to.deep.equal(once['spec']);
    });

    for (const [labels, role] of pods) {
      it(`has a pod with ${JSON.stringify(labels)} as ${role}, by the view and by what is fetched`, async () => {
        const root = await submitted(name);
        const pod = podOf(root, labels);
        const over = { username: OPERATOR };
        const known = created(mutatePod, pod, knowing(root), over);
        expect([groupOf(known), roleOf(known), queueOf(known)]).to.deep.equal([planOn(root).group, role, 'research']);
        expect(stringAt(known, ['metadata', 'annotations', GROUP_PLAN_ANNOTATION])).to.equal('');
        expect(asked(pod, knowing(root))).to.deep.equal([]);
        const [key = ''] = asked(pod, CLUSTER);
        const answers: Answers = new Map([[key, { kind: 'fetch', object: root }]]);
        expect(patched(pod, mutatePod(request({ ...over, object: pod }), CLUSTER, answers))).to.deep.equal(known);
      });
    }

    it('that came past its hook is planned from each pod alike', async () => {
      const root = stored(await example(name), 'late-uid');
      const plans = pods.map(([labels]) => {
        const pod = podOf(root, labels);
        const answers: Answers = new Map([['owner/late-uid', { kind: 'fetch', object: root }]]);
        const made = patched(pod, mutatePod(request({ username: OPERATOR, object: pod }), CLUSTER, answers));
        expect(groupOf(made)).to.equal(planOn(made).group);
        const twice = mutatePod(request({ username: OPERATOR, object: made }), CLUSTER);
        expect(twice).to.deep.include({ kind: 'allow', patch: [] });
        return planOn(made);
      });
      for (const plan of plans) expect(plan).to.deep.equal(plans[0]);
      expect(plans[0]?.owner).to.deep.include({ uid: 'late-uid' });
      const { tasks } = plans[0] ?? { tasks: [] };
      expect(Object.fromEntries(tasks.map(({ name: role, min, stage }) => [role, [min, stage]]))).to.deep.equal(roles);
    });
  });
}

function asked(pod: JsonObject, cluster: ClusterView): readonly string[] {
  return askPod(request({ object: pod }), cluster).map(({ key }) => key);
}

describe('kinds that hand down their queue', () => {
  for (const name of HANDED_DOWN) {
    it(`${name} has no plan, and its children are in its queue`, async () => {
      const root = await submitted(name);
      expect(stringAt(root, ['metadata', 'annotations', GROUP_PLAN_ANNOTATION])).to.equal('');
      const made = created(mutatePod, podOf(root, {}), knowing(root), { username: OPERATOR });
      expect(queueOf(made)).to.equal('research');
    });
  }
});

describe('a LeaderWorkerSet', () => {
  const INDEX = 'leaderworkerset.sigs.k8s.io/group-index';
  const WORKER = 'leaderworkerset.sigs.k8s.io/worker-index';

  it('has a gang for each replica, with the workers a stage behind their leader', async () => {
    const root = await submitted('leaderworkerset');
    const { group, replicaLabel } = planOn(root);
    expect(replicaLabel).to.equal(INDEX);
    const leader = created(mutatePod, podOf(root, { [INDEX]: '2', [WORKER]: '0' }), knowing(root), {
      username: OPERATOR,
    });
    const plan = planOn(leader);
    expect(plan).to.deep.include({ group: `${group}-2`, minResources: { cpu: '4' } });
    expect(plan.tasks).to.deep.equal([
      { name: 'leader', min: 1, stage: 0 },
      { name: 'worker', min: 3, stage: 1 },
    ]);
    expect(plan.owner).to.deep.include({ kind: 'LeaderWorkerSet', uid: 'root-uid' });
    expect([groupOf(leader), roleOf(leader)]).to.deep.equal([`${group}-2`, 'leader']);
    const again = mutatePod(request({ username: OPERATOR, object: leader }), CLUSTER);
    expect(again).to.deep.include({ kind: 'allow', patch: [] });
  });

  it('stamps its templates with queue and role, and no group', async () => {
    const root = await submitted('leaderworkerset');
    const template = objectAt(root, 'spec', 'leaderWorkerTemplate', 'workerTemplate');
    expect([groupOf(template), roleOf(template), queueOf(template)]).to.deep.equal(['', 'worker', 'research']);
  });
});
