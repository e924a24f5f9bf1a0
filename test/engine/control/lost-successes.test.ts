import { expect } from 'chai';
import type { PodGroupPhase } from '../../../src/api/records/pod-group-record.ts';
import type { PodPhase, PodRecord } from '../../../src/api/records/pod-record.ts';
import { makeJob, makePlan } from '../../support/controller-records.ts';
import { startedWorld } from '../../support/controller-world.ts';
import { makePod, makeShape } from '../../support/records.ts';

const SHAPE = makeShape({ cpu: 1000 });

function member(name: string, phase: PodPhase): PodRecord {
  return makePod(name, 'train-n0nce', SHAPE, { createdMs: 100_000, phase, nodeName: 'n1' });
}

describe('a member of a Job that came to a good end', () => {
  it('is waited for by nobody once it is gone', async () => {
    const world = startedWorld();
    const group = () => world.model.stores.podgroups.get('ns/train-n0nce');
    const job = (succeeded: number) => makeJob('train', makePlan(), { completions: 3, succeeded });
    const enter = (phase: PodGroupPhase): void => {
      const known = group();
      if (known !== undefined) world.model.put('podgroups', known.key, { ...known, phase });
    };
    world.model.put('jobs', 'ns/train', job(0));
    await world.rest();
    for (const name of ['a', 'b']) {
      world.model.put('pods', `ns/${name}`, member(name, 'Succeeded'));
    }
    enter('Running');
    world.model.put('jobs', 'ns/train', job(2));
    await world.rest();
    world.model.remove('pods', 'ns/a');
    await world.rest();
    expect(group()?.minMember).to.equal(3);
    enter('Inqueue');
    await world.rest();
    expect(group()?.minMember).to.equal(2);
    world.model.remove('pods', 'ns/b');
    await world.rest();
    expect(group()?.minMember).to.equal(1);
    enter('Running');
    await world.rest();
    expect(group()?.minMember).to.equal(1);
  });

  it('is waited for by nobody once it failed, as one may that is evicted meanwhile', async () => {
    const world = startedWorld();
    const group = () => world.model.stores.podgroups.get('ns/train-n0nce');
    const put = (phase: PodPhase): void => world.model.put('pods', 'ns/a', member('a', phase));
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan(), { completions: 3 }));
    await world.rest();
    put('Succeeded');
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan(), { completions: 3, succeeded: 1 }));
    await world.rest();
    expect(group()?.minMember).to.equal(3);
    // The Job counted it by then and makes no other one.
    put('Failed');
    await world.rest();
    expect(group()?.minMember).to.equal(2);
  });
});
