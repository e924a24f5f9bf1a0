import { expect } from 'chai';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import type { ActionName } from '../../../src/config/policy.ts';
import { capacityPolicy, lists } from '../../support/capacity-world.ts';
import { LivingWorld } from '../../support/living-world.ts';
import { amounts } from '../../support/scheduler-world.ts';

describe('who is let in below a queue that is full', () => {
  /** Queue `p` of 8 CPUs is full with what `a` runs, of which it is owed 4, as is `b`. */
  function fullOf(actions: readonly ActionName[], more: Partial<QueueRecord> = {}): LivingWorld {
    const on = new LivingWorld(capacityPolicy({ isTree: true, actions })).nodes(2, amounts(6));
    on.queue('root').queue('p', { ...lists({ capability: [8] }) });
    on.queue('a', { ...lists({ deserved: [4] }), parent: 'p', ...more }).queue('b', {
      ...lists({ deserved: [4] }),
      parent: 'p',
    });
    on.group('a', 1, { queue: 'a', phase: 'Running' });
    for (let i = 0; i < 8; i += 1) on.running(`a-${i}`, 'a', `n${1 + (i % 2)}`, { requests: amounts(1), createdMs: i });
    return on;
  }
  function asks(on: LivingWorld, name: string, cpus: number): void {
    const minResources = new Map([['cpu', cpus * 1000]]);
    on.gang(name, { count: cpus, requests: amounts(1) }, { queue: 'b', minResources });
  }

  it('is who will have so much taken back, and no more than that', () => {
    const on = fullOf(['reclaim']);
    for (const [name, cpus] of [
      ['three', 3],
      ['two', 2],
    ] as const) {
      asks(on, name, cpus);
    }
    on.cycle();
    expect([on.phase('three'), on.phase('two')]).to.deep.equal(['Inqueue', 'Pending']);
  });

  it('is nobody where nothing is taken back, or not from those who have it', () => {
    for (const on of [
      fullOf(['preempt']),
      fullOf(['reclaim'], { reclaimable: false }),
      fullOf(['reclaim'], lists({ deserved: [8] })),
    ]) {
      asks(on, 'three', 3);
      expect(on.cycle().refused['three']).to.match(/^WaitingInQueue: .* queue p above queue b/);
    }
  });

  it('is asked anew when what is owed changes, or who may be taken from', () => {
    for (const before of [lists({ deserved: [8] }), { reclaimable: false }]) {
      const on = fullOf(['reclaim'], before);
      asks(on, 'three', 3);
      for (const _ of [1, 2]) on.cycle();
      expect(on.phase('three')).to.equal('Pending');
      on.queue('a', { ...lists({ deserved: [4] }), parent: 'p' });
      on.cycle();
      expect(on.phase('three')).to.equal('Inqueue');
    }
  });

  it('is not who would count twice on what elastic groups hold beyond their minima', () => {
    const on = fullOf(['reclaim']);
    const minResources = new Map([['cpu', 1000]]);
    on.group('a', 1, { queue: 'a', phase: 'Running', minResources });
    on.queue('c', { parent: 'p' }).group('c', 2, { queue: 'c', minResources: new Map([['cpu', 7000]]) });
    on.pods('c', { count: 1 });
    on.cycle();
    asks(on, 'three', 3);
    on.cycle();
    expect([on.phase('c'), on.phase('three')]).to.deep.equal(['Inqueue', 'Pending']);
  });
});
