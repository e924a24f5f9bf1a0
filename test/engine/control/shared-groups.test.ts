import { expect } from 'chai';
import { formatGroupPlan } from '../../../src/api/group-plan.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { WorkloadRecord } from '../../../src/api/records/workload-record.ts';
import { DAEMON_SETS, REPLICA_SETS } from '../../../src/api/resources.ts';
import { makeJob, makePlan, makeWorkload } from '../../support/controller-records.ts';
import { startedWorld } from '../../support/controller-world.ts';
import type { ControllerWorld } from '../../support/controller-world.ts';
import { makePod, makeShape } from '../../support/records.ts';

const SHAPE = makeShape({ cpu: 1000 });
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-deployment' };

describe('groups that pods of one controller share', () => {
  it('follow what the controller says, whichever of both is seen first', async () => {
    for (const isFirst of [true, false]) {
      const world = startedWorld();
      const said = set('web', { minMember: 2, handedDown: new Map([['volcano.sh/preemptable', 'false']]) });
      if (isFirst) world.putWorkload(REPLICA_SETS, said);
      addPod(world, 'web', 'web-0');
      await world.rest();
      if (!isFirst) world.putWorkload(REPLICA_SETS, said);
      await world.rest();
      expect(group(world, 'web')).to.deep.include({ minMember: 2, preemptable: false });
      world.putWorkload(REPLICA_SETS, { ...said, minMember: 3 });
      await world.rest();
      expect(group(world, 'web')?.minMember).to.equal(3);
    }
  });

  it('wait for nobody in a roll-out, and have their minimum again after it', async () => {
    const world = startedWorld();
    world.putWorkload(REPLICA_SETS, set('old', { minMember: 3, replicas: 3 }));
    addPod(world, 'old', 'old-0');
    await world.rest();
    expect(group(world, 'old')?.minMember).to.equal(3);
    world.putWorkload(REPLICA_SETS, set('new', { minMember: 3, replicas: 3 }));
    addPod(world, 'new', 'new-0');
    await world.rest();
    expect([group(world, 'old')?.minMember, group(world, 'new')?.minMember]).to.deep.equal([1, 1]);
    world.putWorkload(REPLICA_SETS, set('old', { minMember: 3, replicas: 0 }));
    world.model.remove('pods', 'ns/old-0');
    await world.rest();
    expect(group(world, 'old')).to.equal(undefined);
    expect(group(world, 'new')?.minMember).to.equal(3);
  });

  it('go with the last pod of what was scaled down to nothing, and come again with the next one', async () => {
    const world = startedWorld();
    world.putWorkload(REPLICA_SETS, set('web', {}));
    addPod(world, 'web', 'web-0');
    await world.rest();
    world.putWorkload(REPLICA_SETS, set('web', { replicas: 0 }));
    await world.rest();
    expect(group(world, 'web')).to.not.equal(undefined);
    world.model.remove('pods', 'ns/web-0');
    await world.rest();
    expect(group(world, 'web')).to.equal(undefined);
    world.putWorkload(REPLICA_SETS, set('web', { replicas: 1 }));
    addPod(world, 'web', 'web-1');
    await world.rest();
    expect(group(world, 'web')).to.not.equal(undefined);
  });

  it('end with the Job whose pods share one', async () => {
    const world = startedWorld();
    world.model.put('jobs', 'ns/web', makeJob('web', makePlan(), { uid: 'uid-web', groupPlan: '' }));
    addPod(world, 'web', 'web-0');
    await world.rest();
    expect(group(world, 'web')?.rootState).to.equal('Active');
    world.model.put('jobs', 'ns/web', makeJob('web', makePlan(), { uid: 'uid-web', groupPlan: '', state: 'Ended' }));
    await world.rest();
    expect(group(world, 'web')?.rootState).to.equal('Ended');
  });

  it('move to another queue with the last pod that was made in the one before', async () => {
    const world = startedWorld();
    world.putWorkload(REPLICA_SETS, set('web', {}));
    addPod(world, 'web', 'web-0');
    await world.rest();
    world.clock.advance(1000);
    addPod(world, 'web', 'web-1', 'blue');
    await world.rest();
    expect(group(world, 'web')?.queue).to.equal('default');
    world.model.remove('pods', 'ns/web-0');
    await world.rest();
    expect(group(world, 'web')?.queue).to.equal('blue');
  });

  it('take in pods that came past the webhook', async () => {
    const world = startedWorld();
    world.putWorkload(DAEMON_SETS, set('agent', { kind: 'DaemonSet', replicas: undefined, controller: undefined }));
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'uid-agent' };
    for (const name of ['a', 'b'])
      world.model.put('pods', `ns/${name}`, makePod(name, '', SHAPE, { owner, createdMs: world.clock.nowMs() }));
    await world.rest();
    expect(group(world, 'agent')?.owner?.kind).to.equal('DaemonSet');
    const groups = ['a', 'b'].map((name) => world.model.stores.pods.get(`ns/${name}`)?.group);
    expect(groups).to.deep.equal(['podgroup-uid-agent', 'podgroup-uid-agent']);
  });
});

function set(name: string, overrides: Partial<WorkloadRecord>): WorkloadRecord {
  return makeWorkload(name, { controller: DEPLOYMENT, ...overrides });
}

function addPod(world: ControllerWorld, of: string, name: string, queue = 'default'): void {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: of, uid: `uid-${of}` };
  const plan = makePlan({
    group: `podgroup-uid-${of}`,
    root: of,
    queue,
    owner: 'controller',
    tasks: [{ name: 'worker', min: 1, stage: 0 }],
    minResources: { cpu: '1' },
  });
  const pod = { owner, groupPlan: formatGroupPlan(plan), createdMs: world.clock.nowMs() };
  world.model.put('pods', `ns/${name}`, makePod(name, plan.group, SHAPE, pod));
}

function group(world: ControllerWorld, of: string): PodGroupRecord | undefined {
  return world.model.stores.podgroups.get(`ns/podgroup-uid-${of}`);
}
