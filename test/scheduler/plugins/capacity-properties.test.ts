import { expect } from 'chai';
import fc from 'fast-check';
import type { EvictDecision } from '../../../src/scheduler/session/decision.ts';
import type { Queue } from '../../../src/scheduler/model/queue.ts';
import {
  comes,
  guaranteedTo,
  hungryTree,
  keepsGuarantees,
  overfull,
  parentOf,
  planned,
  RESOURCES,
  worldPlan,
} from '../../support/capacity-model.ts';
import { capacityPolicy, elastic, lists } from '../../support/capacity-world.ts';
import { heldWithin, LivingWorld } from '../../support/living-world.ts';
import { isWithin } from '../../support/queue-orders.ts';
import { amounts } from '../../support/scheduler-world.ts';

const RUNS = { numRuns: Number(process.env['SLUICE_RUNS'] ?? 300), seed: Number(process.env['SLUICE_SEED'] ?? 7) };

/** The queue for whose group the pod goes. */
function askingFor({ snapshot }: LivingWorld, { message }: EvictDecision): Queue | undefined {
  return snapshot.jobs.get(/for PodGroup (\S+)\.$/.exec(message)?.[1] ?? '')?.queue;
}

/** Guarantees that the evictions of a cycle cut into, at any level that the one who asks is no part of. */
function brokenGuarantees(world: LivingWorld, evictions: readonly EvictDecision[], isTree: boolean): string[] {
  const { snapshot } = world;
  const broken: string[] = [];
  for (const queue of snapshot.queues.values()) {
    const isOf = (each: Queue | undefined): boolean =>
      each !== undefined && (isTree ? isWithin(each, queue) : each === queue);
    const from = evictions.filter(({ uid }) => isOf(snapshot.tasks.get(uid)?.job?.queue));
    const inside = new Set(from.filter((eviction) => isOf(askingFor(world, eviction))));
    const kept = [...snapshot.tasks.values()].filter((task) => snapshot.nominations.has(task));
    const promised = kept.filter(({ job }) => isOf(job?.queue));
    for (const resource of RESOURCES) {
      const r = snapshot.resources.find(resource) ?? -1;
      const amountOf = ({ uid }: { readonly uid: string }): number => snapshot.tasks.get(uid)?.class.amountOf(r) ?? 0;
      if (!from.some((eviction) => !inside.has(eviction) && amountOf(eviction) > 0)) continue;
      const sum = (all: Iterable<{ readonly uid: string }>): number =>
        [...all].reduce((total, each) => total + amountOf(each), 0);
      const held = isTree ? heldWithin(queue, r) : (queue.allocated[r] ?? 0);
      const leaving = (queue.leaving[r] ?? 0) + (isTree ? (queue.leavingBelow[r] ?? 0) : 0);
      const guaranteed = guaranteedTo(snapshot.queues, queue, resource, isTree);
      // What goes within the branch is for somebody in it.
      const left = held - leaving + Math.max(sum(inside), sum(promised));
      if (left < guaranteed) broken.push(`${queue.name} ${resource}: ${left} of ${guaranteed}`);
    }
  }
  return broken;
}

describe('capacity, in any world', () => {
  it('lets no queue and no branch hold more than its capability', () => {
    fc.assert(
      fc.property(worldPlan, (plan) => {
        const world = planned(plan);
        for (let at = 0; at < plan.groups.length; at += 3) {
          comes(world, plan, at, at + 3);
          for (let i = 0; i < 3; i += 1) world.live(() => expect(overfull(world)).to.deep.equal([]));
        }
      }),
      RUNS,
    );
  });

  it('takes nothing back below a guarantee, at any level', () => {
    let evicted = 0;
    fc.assert(
      fc.property(worldPlan, (plan) => {
        const world = planned(plan);
        world.snapshot.settle();
        fc.pre(keepsGuarantees(world, plan.isTree));
        for (let at = 0; at < plan.groups.length; at += 2) {
          comes(world, plan, at, at + 2);
          for (let i = 0; i < 3; i += 1) {
            world.live((_, evictions) => {
              evicted += evictions.length;
              expect(brokenGuarantees(world, evictions, plan.isTree)).to.deep.equal([]);
            });
          }
        }
      }),
      RUNS,
    );
    expect(evicted).to.be.greaterThan(100);
  });

  it('comes to rest, and stays there for ten cycles while evicted pods are made again', () => {
    let evicted = 0;
    fc.assert(
      fc.property(worldPlan, (plan) => {
        const world = planned(plan);
        for (let at = 0; at < plan.groups.length; at += 3) {
          comes(world, plan, at, at + 3);
          const evictions = world.settle(10 + plan.lingers, 150);
          expect(evictions).to.be.lessThan(Infinity);
          evicted += evictions;
        }
      }),
      RUNS,
    );
    expect(evicted).to.be.greaterThan(100);
  });

  it('brings siblings as near to what they deserve as one pod can, while all are hungry', () => {
    fc.assert(
      fc.property(hungryTree, fc.integer({ min: 4, max: 40 }), (rows, cpus) => {
        const world = new LivingWorld(capacityPolicy({ isTree: true, actions: [] })).node('n1', amounts(cpus));
        rows.forEach(([above, deserved], i) => {
          world.queue(`q${i}`, { parent: parentOf(above, i), ...lists({ deserved: [deserved] }) });
        });
        world.snapshot.settle();
        const queues = [...world.snapshot.queues.values()].filter(({ name }) => name !== 'default');
        for (const queue of queues) {
          if (!queues.some(({ parent }) => parent === queue)) elastic(world, queue.name, { waits: 40 });
        }
        world.live();
        for (const a of queues) {
          for (const b of queues.filter((each) => each !== a && each.parent === a.parent)) {
            // When it got its last pod it held no larger part than the other.
            const before = (world.held(a.name) - 1000) / deservedBy(queues, a);
            expect(before).to.be.at.most(world.held(b.name) / deservedBy(queues, b) + 1e-9);
          }
        }
      }),
      RUNS,
    );
  });

  it('decides elsewhere as if a broken branch were closed', () => {
    let elsewhere = 0;
    fc.assert(
      fc.property(worldPlan, fc.constantFrom('gone', 'x', 'x1'), worldPlan, (plan, named, { queues: [top, low] }) => {
        const decided = (isBroken: boolean): string[] => {
          const world = planned({ ...plan, isTree: true });
          const state = isBroken ? 'Open' : 'Closed';
          world.queue('x', { ...lists(top ?? {}), state, parent: isBroken ? named : 'root' });
          // Of two that name each other neither has a parent.
          world.queue('x1', { ...lists(low ?? {}), state, parent: isBroken || named !== 'x1' ? 'x' : 'root' });
          for (const queue of ['x', 'x1']) elastic(world, queue, { runs: 1, waits: 2, node: 'n0' });
          return Array.from({ length: 6 }, (_, cycle) => {
            comes(world, plan, cycle * 2, cycle * 2 + 2);
            let text = '';
            world.live(({ placed, pipelined, refused }, evictions) => {
              const others = Object.entries(refused).filter(([group]) => group.startsWith('g'));
              elsewhere += Object.keys(placed).length + evictions.length;
              text = JSON.stringify([placed, pipelined, others, evictions]);
            });
            return text;
          });
        };
        expect(decided(true)).to.deep.equal(decided(false));
      }),
      RUNS,
    );
    expect(elsewhere).to.be.greaterThan(1000);
  });
});

/** At least what those below it deserve together. */
function deservedBy(queues: readonly Queue[], queue: Queue): number {
  const below = queues.filter(({ parent }) => parent === queue);
  const sum = below.reduce((all, child) => all + deservedBy(queues, child), 0);
  return Math.max(sum, queue.record.deserved?.get('cpu') ?? 0);
}
