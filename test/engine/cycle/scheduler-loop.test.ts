import { expect } from 'chai';
import { parseBindPlan } from '../../../src/api/bind-plan.ts';
import { BIND_PLAN_ANNOTATION, TASK_SPEC_KEY } from '../../../src/api/keys.ts';
import { POD_GROUPS } from '../../../src/api/resources.ts';
import type { PatchEffect } from '../../../src/controllers/effect.ts';
import type { WriteRequest } from '../../../src/engine/ports.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { ApiFault } from '../../support/fake-api.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';
import type { Latencies } from '../../support/loop-world.ts';

const isBinding = ({ subresource }: WriteRequest): boolean => subresource === 'binding';

/** The plan that a write puts on a group: its text, null when it takes it off, undefined when it leaves it alone. */
function planOf({ body }: WriteRequest): unknown {
  return memberAt(body, 'metadata', 'annotations', BIND_PLAN_ANNOTATION);
}

function short(request: WriteRequest): string {
  if (isBinding(request)) return `bind ${request.name}`;
  if (request.verb === 'get' || request.verb === 'delete') return `${request.verb} ${request.name}`;
  const plan = planOf(request);
  if (plan === undefined) return `status ${request.name}`;
  return plan === null ? `close ${request.name}` : `record ${request.name}`;
}

/** A node of so many CPUs and a group `g` of pods `g-0`, `g-1` ... that ask for one each. */
function world(cpus: number, minMember: number, pods: number, latencies?: Latencies): LoopWorld {
  const made = new LoopWorld(latencies);
  made.api.put('queues', rawQueue('default'));
  made.api.put('nodes', rawNode('n1', cpus));
  made.api.put('podgroups', rawGroup('g', minMember));
  for (let i = 0; i < pods; i += 1) made.api.put('pods', rawPod(`g-${i}`, 'g'));
  return made;
}

/** Decisions as they were written; statuses are left out. */
function written({ api }: LoopWorld): string[] {
  return api.requests.map(short).filter((text) => !text.startsWith('status'));
}

/** A PodGroup, as effects name it. */
function target(name: string): Pick<PatchEffect, 'type' | 'namespace' | 'name' | 'regarding' | 'precondition'> {
  const uid = `group-${name}`;
  const at = { type: POD_GROUPS, namespace: 'ns', name };
  return { ...at, regarding: { ...at, uid }, precondition: { uid, resourceVersion: '1' } };
}

/** Meets the first requests that fit with these answers. */
function meet(fits: (request: WriteRequest) => boolean, ...faults: readonly ApiFault[]): (r: WriteRequest) => ApiFault {
  const script = [...faults];
  return (request) => (fits(request) ? (script.shift() ?? 'none') : 'none');
}

function places({ api }: LoopWorld): Record<string, string> {
  const entries = api
    .list('pods')
    .map((pod) => [stringAt(pod, ['metadata', 'name']), stringAt(pod, ['spec', 'nodeName'])]);
  return Object.fromEntries(entries) as Record<string, string>;
}

describe('scheduler loop', () => {
  it('records the whole plan of a gang, binds its members, and takes the plan off again', async () => {
    const made = await started(world(2, 2, 2));
    expect(written(made)).to.deep.equal(['record g', 'bind g-0', 'bind g-1', 'close g']);
    const record = made.api.requests.find((request) => typeof planOf(request) === 'string');
    expect(parseBindPlan(String(record && planOf(record)))?.binds).to.deep.equal([
      { token: 'uid-g-0', node: 'n1' },
      { token: 'uid-g-1', node: 'n1' },
    ]);
    expect(objectAt(record?.body, 'metadata')).to.include.keys('uid', 'resourceVersion');
  });

  it('records no plan for a group that needs one member, nor for members beyond the minimum', async () => {
    const alone = await started(world(2, 1, 2));
    expect(written(alone)).to.deep.equal(['bind g-0', 'bind g-1']);
    const grown = await started(world(3, 2, 2));
    const before = written(grown).length;
    grown.api.put('pods', rawPod('g-2', 'g'));
    await grown.run(1000);
    expect(written(grown).slice(before)).to.deep.equal(['bind g-2']);
  });

  it('binds no pod by which a group is about to grow before the group asks for it, and then all or none', async () => {
    const made = await started(world(3, 1, 1));
    const writes = written(made);
    const grow = { ...target('g'), kind: 'patch', body: { spec: { minMember: 4 } } } as const;
    made.growing.looked('ns/g', [grow]);
    for (const name of ['g-1', 'g-2', 'g-3']) made.api.put('pods', rawPod(name, 'g'));
    await made.run(3000);
    expect(written(made)).to.deep.equal(writes);
    expect(made.events.map(({ reason, note }) => `${reason} ${note}`)[0]).to.match(/about to ask for 4 members/);
    made.api.put('podgroups', { ...made.api.get('podgroups', 'ns/g'), spec: { minMember: 4, queue: 'default' } });
    await made.run(3000);
    expect(written(made)).to.deep.equal(writes);
    made.api.put('nodes', rawNode('n2', 1));
    await made.run(3000);
    expect(Object.values(places(made)).filter((node) => node !== '')).to.have.length(4);
  });

  it('binds nothing of a gang that does not fit, and says why', async () => {
    const made = await started(world(1, 2, 2), 5000);
    expect(written(made)).to.deep.equal([]);
    expect(made.events.map(({ name, reason }) => `${name} ${reason}`)).to.deep.equal([
      'g Unschedulable',
      'g-0 FailedScheduling',
      'g-1 FailedScheduling',
    ]);
    const [condition] = arrayAt(made.api.get('podgroups', 'ns/g'), 'status', 'conditions');
    expect(condition).to.include({ type: 'Unschedulable', status: 'True', reason: 'NeverFits' });
  });

  it('tells pods whose group nobody made why they wait, and no more once it was made', async () => {
    const made = new LoopWorld();
    made.api.put('queues', rawQueue('default'));
    made.api.put('nodes', rawNode('n1', 2));
    for (const name of ['g-0', 'g-1']) made.api.put('pods', rawPod(name, 'g'));
    await started(made, 4000);
    const told = (): readonly string[] =>
      made.api.list('pods').map((pod) => {
        const [condition] = arrayAt(pod, 'status', 'conditions');
        return `${stringAt(condition, ['reason'])} ${stringAt(condition, ['message'])}`;
      });
    expect(told()).to.deep.equal([' ', ' ']);
    await made.run(12_000);
    const words =
      'GroupNotFound GroupNotFound: PodGroup ns/g does not exist: the pods that name it wait until it is made.';
    expect(told()).to.deep.equal([words, words]);
    const writes = made.api.requests.length;
    await made.run(30_000);
    expect(made.api.requests.length).to.equal(writes);
    made.api.put('podgroups', rawGroup('g', 2));
    await made.run(5000);
    expect(places(made)).to.deep.equal({ 'g-0': 'n1', 'g-1': 'n1' });
  });

  it('decides nothing before every kind was listed, nor after it was stopped', async () => {
    const made = world(2, 2, 2);
    made.start();
    made.loop.stop();
    await made.run(5000);
    expect(made.api.requests).to.deep.equal([]);
    expect(made.loop.synced).to.equal(true);
  });

  for (const fault of ['conflict', 'throttled', 'lost', 'refused'] as const) {
    it(`binds nothing and plans anew when the plan is met with: ${fault}`, async () => {
      const made = world(2, 2, 2);
      made.api.faults = meet((request) => typeof planOf(request) === 'string', fault);
      await started(made, 5000);
      const steps = written(made).filter((step) => step !== 'close g');
      expect(steps).to.deep.equal(['record g', 'record g', 'bind g-0', 'bind g-1']);
      expect(written(made).at(-1)).to.equal('close g');
    });
  }

  it('settles the end of a binding whose answer was lost by reading the pod', async () => {
    const made = world(2, 2, 2);
    made.api.faults = meet(isBinding, 'answerLost');
    await started(made);
    expect(written(made)).to.deep.equal(['record g', 'bind g-0', 'bind g-1', 'get g-0', 'close g']);
  });

  it('keeps the plan open while members are missing, and closes it when others took their places', async () => {
    const made = world(2, 2, 2);
    made.api.faults = meet(isBinding, 'refused');
    await started(made, 5000);
    expect(written(made).slice(0, 4)).to.deep.equal(['record g', 'bind g-0', 'bind g-1', 'record g']);
    expect(written(made).filter((step) => step === 'close g').length).to.equal(1);
    expect(places(made)).to.deep.equal({ 'g-0': 'n1', 'g-1': 'n1' });
  });

  it('deletes the bound members of a gang that stayed below its minimum for a minute, by their UID', async () => {
    const made = world(2, 2, 2);
    made.api.faults = (request) => (isBinding(request) && request.name === 'g-1' ? 'refused' : 'none');
    made.start();
    await made.run(59_000);
    expect(places(made)).to.deep.equal({ 'g-0': 'n1', 'g-1': '' });
    expect(stringAt(made.api.get('podgroups', 'ns/g'), ['metadata', 'annotations', BIND_PLAN_ANNOTATION])).to.not.equal(
      '',
    );
    await made.run(2000);
    const deletion = made.api.requests.find(({ verb }) => verb === 'delete');
    expect(deletion?.name).to.equal('g-0');
    expect(objectAt(deletion?.body, 'preconditions')).to.deep.equal({ uid: 'uid-g-0' });
    const told = made.events.filter(({ reason }) => reason === 'PlanAbandoned');
    expect(told.map(({ name, note }) => `${name}: ${note}`)).to.deep.equal([
      'g: 1 of 2 members were bound, and the gang was not whole; they are deleted so that it starts together.',
    ]);
    made.api.remove('pods', 'ns/g-0');
    await made.run(5000);
    expect(memberAt(made.api.get('podgroups', 'ns/g'), 'metadata', 'annotations', BIND_PLAN_ANNOTATION)).to.equal(
      undefined,
    );
  });

  it('does not take a gang for whole that lacks a role, however many others it has', async () => {
    const made = world(4, 2, 0);
    made.api.patch('podgroups', 'ns/g', { spec: { minTaskMember: { ps: 1, worker: 1 } } });
    for (const [name, task] of [
      ['ps', 'ps'],
      ['w-0', 'worker'],
      ['w-1', 'worker'],
    ] as const) {
      made.api.put('pods', rawPod(name, 'g'));
      made.api.patch('pods', `ns/${name}`, { metadata: { annotations: { [TASK_SPEC_KEY]: task } } });
    }
    made.api.faults = (request) => (isBinding(request) && request.name === 'ps' ? 'refused' : 'none');
    made.start();
    await made.run(59_000);
    expect(places(made)).to.include({ ps: '', 'w-0': 'n1' });
    expect(written(made)).to.not.include('close g');
    await made.run(2000);
    expect(written(made)).to.include('delete w-0');
  });

  it('leaves members alone that have ended when it gives a gang up', async () => {
    const made = world(3, 3, 3);
    made.api.faults = (request) => (isBinding(request) && request.name === 'g-2' ? 'refused' : 'none');
    made.start();
    await made.run(1000);
    for (const [name, phase] of [
      ['ns/g-0', 'Failed'],
      ['ns/g-1', 'Running'],
    ] as const) {
      made.api.patch('pods', name, { status: { phase } });
    }
    await made.run(62_000);
    const deleted = made.api.requests.filter(({ verb }) => verb === 'delete').map(({ name }) => name);
    expect(deleted).to.deep.equal(['g-1']);
  });

  for (const [what, refused] of [
    ['a plan', (request: WriteRequest) => typeof planOf(request) === 'string' && request.name === 'g'],
    ['a binding', (request: WriteRequest) => isBinding(request) && request.name === 'g-0'],
  ] as const) {
    it(`tells that ${what} is refused, tries it again at leisure, and keeps nobody else waiting`, async () => {
      const made = world(4, 2, 2);
      made.api.faults = (request) => (refused(request) ? 'refused' : 'none');
      await started(made, 5000);
      expect(made.api.requests.filter(refused).length).to.be.within(3, 6);
      expect(made.events.filter(({ reason }) => reason === 'WriteRefused')).to.not.have.length(0);
      made.api.put('podgroups', rawGroup('h', 2));
      for (const name of ['h-0', 'h-1']) made.api.put('pods', rawPod(name, 'h'));
      await made.run(100);
      expect(places(made)).to.include({ 'h-0': 'n1', 'h-1': 'n1' });
    });
  }

  it('gives a member up that is gone, and takes its successor', async () => {
    const made = world(2, 2, 2);
    made.api.onBinding = (pod) => {
      if (stringAt(pod, ['metadata', 'name']) !== 'g-0') return;
      made.api.onBinding = () => undefined;
      made.api.remove('pods', 'ns/g-1');
      made.api.put('pods', rawPod('g-2', 'g'));
    };
    await started(made, 5000);
    expect(places(made)).to.deep.equal({ 'g-0': 'n1', 'g-2': 'n1' });
    expect(written(made).at(-1)).to.equal('close g');
  });

  it('counts no member whose binding found it gone, although the watch has not told of its end yet', async () => {
    const made = world(8, 4, 4, { request: () => 1, answer: () => 1, watch: () => 500 });
    made.api.onBinding = () => ['g-1', 'g-2', 'g-3'].forEach((name) => made.api.remove('pods', `ns/${name}`));
    made.api.faults = meet((request) => isBinding(request) && request.name === 'g-0', 'conflict');
    made.api.put('pods', rawPod('g-4', 'g'));
    await started(made, 300);
    expect(made.events.map(({ reason }) => reason)).to.not.include('CheckerRefused');
  });

  const crashes: readonly (readonly [string, number, readonly string[]])[] = [
    ['before any binding', 0, ['close g', 'record g', 'bind g-0', 'bind g-1', 'close g']],
    ['after one of two bindings', 1, ['bind g-1', 'close g']],
    ['after both', 2, ['close g']],
  ];
  for (const [name, arrived, steps] of crashes) {
    it(`takes up the plan of a leader that died ${name}`, async () => {
      const made = world(2, 2, 2);
      let isDead = false;
      let sent = 0;
      made.api.faults = (request) => {
        if (!isDead && planOf(request) === null) return 'lost';
        if (isDead || !isBinding(request)) return 'none';
        sent += 1;
        return sent > arrived ? 'lost' : 'none';
      };
      made.start();
      await made.run(10);
      made.crash(() => false);
      isDead = true;
      const before = written(made).length;
      made.start();
      await made.run(5000);
      expect(written(made).slice(before)).to.deep.equal(steps);
    });
  }

  it('takes a plan off that nobody can read', async () => {
    const made = world(1, 2, 2);
    made.api.patch('podgroups', 'ns/g', { metadata: { annotations: { [BIND_PLAN_ANNOTATION]: 'written by hand' } } });
    await started(made);
    expect(written(made)).to.deep.equal(['close g']);
  });
});

async function started(made: LoopWorld, forMs = 2000): Promise<LoopWorld> {
  made.start();
  await made.run(forMs);
  return made;
}
