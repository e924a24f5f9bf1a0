import { expect } from 'chai';
import fc from 'fast-check';
import type { EvictDecision } from '../../../src/scheduler/session/decision.ts';
import type { Queue } from '../../../src/scheduler/model/queue.ts';
import {
  comes,
  guaranteedTo,
  keepsGuarantees,
  overfull,
  planned,
  RESOURCES,
  worldPlan,
} from '../../support/capacity-model.ts';
import { heldWithin } from '../../support/living-world.ts';
import type { LivingWorld } from '../../support/living-world.ts';
import { isWithin } from '../../support/queue-orders.ts';

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
    const own = from.filter((eviction) => isOf(askingFor(world, eviction)));
    if (own.length === from.length) continue;
    for (const resource of RESOURCES) {
      const r = snapshot.resources.find(resource) ?? -1;
      // What goes within the branch stays in it.
      const moved = own.reduce((sum, { uid }) => sum + (snapshot.tasks.get(uid)?.class.amountOf(r) ?? 0), 0);
      const held = isTree ? heldWithin(queue, r) : (queue.allocated[r] ?? 0);
      const leaving = (queue.leaving[r] ?? 0) + (isTree ? (queue.leavingBelow[r] ?? 0) : 0);
      const kept = guaranteedTo(snapshot.queues, queue, resource, isTree);
      if (
        from.some(({ uid }) => (snapshot.tasks.get(uid)?.class.amountOf(r) ?? 0) > 0) &&
        held - leaving + moved < kept
      )
        broken.push(`${queue.name} ${resource}: ${held - leaving + moved} of ${kept}`);
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
});
