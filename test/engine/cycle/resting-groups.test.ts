import { expect } from 'chai';
import { MAX_BIND_PLAN_LENGTH } from '../../../src/api/bind-plan.ts';
import { RestingGroups } from '../../../src/engine/cycle/resting-groups.ts';
import type { WriteRequest } from '../../../src/engine/ports.ts';
import { arrayAt, memberAt, stringAt } from '../../../src/lib/json.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const REFUSAL = { code: 'WriteRefused', message: 'no' } as const;

/** Seconds at which a group that is refused every time is tried, within ten minutes. */
function triesOf(group: string): number[] {
  const clock = new ManualClock(0);
  const tries: number[] = [];
  const rests = new RestingGroups(clock, () => attempt());
  const attempt = (): void => {
    tries.push(clock.nowMs() / 1000);
    rests.refused(group, REFUSAL);
    rests.refused(group, REFUSAL);
  };
  attempt();
  clock.advance(240_000);
  return tries;
}

function placeOf(world: LoopWorld, pod: string): string {
  return stringAt(world.api.get('pods', `ns/${pod}`), ['spec', 'nodeName']);
}

function messageOn(world: LoopWorld, group: string): string {
  const [condition] = arrayAt(world.api.get('podgroups', `ns/${group}`), 'status', 'conditions');
  return stringAt(condition, ['message']);
}

/** A node of two CPUs and a gang of two that takes them, unless it is refused. */
function world(refuses: (request: WriteRequest) => boolean): LoopWorld {
  const made = new LoopWorld();
  made.api.faults = (request) => (refuses(request) ? 'refused' : 'none');
  made.api.put('queues', rawQueue('default'));
  made.api.put('nodes', rawNode('n1', 2));
  made.api.put('podgroups', rawGroup('gang', 2));
  for (const name of ['gang-0', 'gang-1']) made.api.put('pods', rawPod(name, 'gang'));
  return made;
}

function isPlanOfGang({ name, body }: WriteRequest): boolean {
  return name === 'gang' && typeof memberAt(body, 'metadata', 'annotations', 'sluice.dev/bind-plan') === 'string';
}

describe('groups whose decisions are refused', () => {
  it('rest a second, then twice as long each time, a minute at most', () => {
    expect(triesOf('g')).to.deep.equal([0, 1, 3, 7, 15, 31, 63, 123, 183]);
  });

  it('begin anew once they were placed', () => {
    const clock = new ManualClock(0);
    const rests = new RestingGroups(clock, () => undefined);
    for (const forMs of [1000, 2000]) {
      rests.refused('g', REFUSAL);
      clock.advance(forMs - 1);
      expect(rests.resting.get('g')).to.equal(REFUSAL);
      clock.advance(1);
      expect(rests.resting.size).to.equal(0);
    }
    rests.forget('g');
    rests.refused('g', REFUSAL);
    clock.advance(1000);
    expect([rests.resting.size, clock.pending]).to.deep.equal([0, 0]);
  });

  it('leave their room to others at once, cost few writes, and say what is wrong', async () => {
    const made = world(isPlanOfGang);
    made.start();
    await made.run(10_000);
    made.api.put('podgroups', rawGroup('small', 1));
    made.api.put('pods', rawPod('small-0', 'small'));
    await made.run(200);
    expect(placeOf(made, 'small-0')).to.equal('n1');
    expect(messageOn(made, 'gang')).to.match(/refused a write .* not valid/);
    made.api.remove('pods', 'ns/small-0');
    await made.run(300_000);
    expect(made.api.requests.filter(isPlanOfGang).length).to.be.lessThan(15);
  });

  it('are tried at once when their owner changes them', async () => {
    const made = world((request) => isPlanOfGang(request) && made.clock.nowMs() < 1_100_000);
    made.start();
    await made.run(101_000);
    expect(placeOf(made, 'gang-0')).to.equal('');
    made.api.patch('podgroups', 'ns/gang', { spec: { priorityClassName: 'other' } });
    await made.run(200);
    expect(placeOf(made, 'gang-0')).to.equal('n1');
  });

  it('leave no rest to a later group of the same name when they were gone before the refusal came', async () => {
    let isRefused = false;
    const made = world((request) => {
      if (isRefused || !isPlanOfGang(request)) return false;
      isRefused = true;
      made.api.remove('podgroups', 'ns/gang');
      return true;
    });
    made.start();
    await made.run(100);
    expect([isRefused, placeOf(made, 'gang-0')]).to.deep.equal([true, '']);
    made.api.put('podgroups', rawGroup('gang', 2));
    await made.run(400);
    expect(placeOf(made, 'gang-0')).to.equal('n1');
  });

  it('are too large for a plan, and leave their room as well', async () => {
    const members = Math.ceil(MAX_BIND_PLAN_LENGTH / 12);
    const made = world(() => false);
    made.api.put('nodes', {
      ...rawNode('n1', members),
      status: { allocatable: { cpu: String(members), pods: '1000000' } },
    });
    made.api.put('podgroups', rawGroup('large', members));
    for (let i = 0; i < members; i += 1) made.api.put('pods', rawPod(`large-${i}`, 'large'));
    for (const name of ['gang-0', 'gang-1']) made.api.remove('pods', `ns/${name}`);
    made.start();
    await made.run(3000);
    expect(messageOn(made, 'large')).to.match(/more members than one bind plan can record/);
    for (const name of ['gang-0', 'gang-1']) made.api.put('pods', rawPod(name, 'gang'));
    await made.run(500);
    expect(placeOf(made, 'gang-0')).to.equal('n1');
  });
});
