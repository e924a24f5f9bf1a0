import { expect } from 'chai';
import { formatGroupPlan } from '../../../src/api/group-plan.ts';
import type { GroupPlan } from '../../../src/api/group-plan.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import type { RootRecord } from '../../../src/api/records/root-record.ts';
import { makeNamespace, makePlan } from '../../support/controller-records.ts';
import { settled } from '../../support/controller-ports.ts';
import { startedWorld, TORCH } from '../../support/controller-world.ts';
import type { ControllerWorld } from '../../support/controller-world.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { makeRoot } from '../../support/workload-kinds.ts';

describe('controllers and objects of workload kinds', () => {
  function torch(name: string, plan: GroupPlan, overrides: Partial<RootRecord> = {}): RootRecord {
    return makeRoot(TORCH, name, { groupPlan: formatGroupPlan(plan), ...overrides });
  }

  function group(world: ControllerWorld): PodGroupRecord | undefined {
    return world.model.stores.podgroups.get('ns/train-n0nce');
  }

  it('makes the group before any pod, follows the plan, and leaves what stands to garbage collection', async () => {
    const world = startedWorld();
    world.model.put('roots', 'ns/train', torch('train', makePlan()));
    await settled();
    expect(group(world)?.owner?.kind).to.equal('PyTorchJob');
    world.model.put('roots', 'ns/train', torch('train', makePlan({ tasks: [{ name: 'worker', min: 7, stage: 0 }] })));
    await settled();
    expect(group(world)?.minMember).to.equal(7);
    world.model.remove('roots', 'ns/train');
    await world.rest();
    expect(group(world)).to.equal(undefined);
  });

  it('ends the group while the object is being deleted', async () => {
    const world = startedWorld();
    world.model.put('roots', 'ns/train', torch('train', makePlan()));
    await world.rest();
    world.model.put('roots', 'ns/train', torch('train', makePlan(), { deleting: true }));
    await world.rest();
    expect(group(world)?.rootState).to.equal('Ended');
  });

  it('makes none in a namespace that did not opt in, and does once it does', async () => {
    const world = startedWorld();
    world.model.put('namespaces', 'ns', makeNamespace('ns', { optedIn: false }));
    world.model.put('roots', 'ns/train', torch('train', makePlan()));
    await world.rest();
    expect(group(world)).to.equal(undefined);
    world.model.put('namespaces', 'ns', makeNamespace('ns'));
    await settled();
    expect(group(world)?.minMember).to.equal(3);
  });

  it('leaves groups alone whose kind cannot be read any more, and follows them again when it can', async () => {
    const world = startedWorld();
    world.model.put('roots', 'ns/train', torch('train', makePlan()));
    await world.rest();
    world.loseRoots();
    await world.rest();
    expect(group(world)?.rootState).to.equal('Active');
    world.model.put('roots', 'ns/train', torch('train', makePlan({ tasks: [{ name: 'worker', min: 7, stage: 0 }] })));
    world.listRoots();
    await world.rest();
    expect(group(world)?.minMember).to.equal(7);
    expect(world.ports.complaints).to.deep.equal([]);
  });

  it('takes the priority from the pods once there are some', async () => {
    const world = startedWorld();
    world.model.put('roots', 'ns/train', torch('train', makePlan({ priorityClassName: 'high' })));
    await world.rest();
    expect(group(world)?.priorityClassName).to.equal('high');
    world.model.put(
      'pods',
      'ns/a',
      makePod('a', 'train-n0nce', makeShape({}), { priorityClassName: 'low', priority: 1 }),
    );
    await settled();
    expect(group(world)?.priorityClassName).to.equal('low');
  });

  it('tells an object whose plan cannot be read', async () => {
    const world = startedWorld();
    world.model.put('roots', 'ns/train', torch('train', makePlan(), { groupPlan: 'nonsense' }));
    await world.rest();
    expect(world.model.events.map(({ uid, reason }) => `${uid} ${reason}`)).to.deep.equal([
      'uid-train InvalidGroupPlan',
    ]);
  });

  it('looks at no object without a plan', async () => {
    const world = startedWorld();
    await world.rest();
    const before = world.model.history.length;
    world.model.put('roots', 'ns/train', makeRoot(TORCH, 'train'));
    await world.rest();
    expect(world.model.history).to.have.length(before);
  });
});
