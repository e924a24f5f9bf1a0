import { expect } from 'chai';
import fc from 'fast-check';

import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { claim, gang, run, worldOf } from '../../support/claim-world.ts';
import { makeAllocated, makeRequest } from '../../support/device-records.ts';
import { exactly, hard, makeHyperNode, SOFT } from '../../support/network.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts } from '../../support/scheduler-world.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 40);
const TWO = makeRequest('r', { count: 2 });
const EVICTING: SchedulerPolicy = { ...DEFAULT_POLICY, actions: ['enqueue', 'allocate', 'backfill', 'preempt'] };

/** Racks `r0` and so on of two nodes each, `n1` and so on, which have two devices each and CPUs in plenty. */
function racks(count: number, policy?: SchedulerPolicy): SchedulerWorld {
  const world = worldOf(
    Array.from({ length: 2 * count }, () => 2),
    policy,
  );
  world.queue('q').queue('other');
  for (let rack = 0; rack < count; rack += 1) {
    const nodes = [2 * rack + 1, 2 * rack + 2].map((at) => exactly('Node', `n${at}`));
    world.snapshot.network.upsert(makeHyperNode(`r${rack}`, [1, 'rack'], ...nodes));
  }
  for (const [name, value] of Object.entries({ low: 1, high: 10, higher: 20 })) {
    world.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
  }
  return world;
}

/** A pod of its own group has the devices of the node, or so many of them. */
function occupy(world: SchedulerWorld, node: string, priorityClassName = 'low', count = 2): void {
  const name = `on-${node}`;
  const devices = ['d0', 'd1'].slice(0, count).map((device) => makeAllocated(node, device, { request: 'r' }));
  const nodeTerms = [{ labels: [], fields: [{ key: 'metadata.name', operator: 'In' as const, values: [node] }] }];
  const allocation = { devices, config: [], nodeTerms };
  const key = claim(world, name, TWO, { allocation, reservedFor: [`uid-${name}`] });
  world.group(name, 1, { queue: 'q', priorityClassName, phase: 'Running' });
  const deviceClaims = [{ key, podUid: '', isMade: true }];
  world.snapshot.upsertTask(
    makePod(name, name, makeShape(amounts(1)), { nodeName: node, phase: 'Running', deviceClaims }),
  );
}

describe('groups whose pods have to be near each other and ask for devices', () => {
  for (const [what, busy] of [
    ['of both nodes', [1, 2]],
    ['of one node', [1]],
  ] as const) {
    for (const [mode, network] of [
      ['hard', hard(1)],
      ['soft', SOFT],
    ] as const) {
      it(`find the one of a hundred racks whose devices are free (${mode}), where the devices ${what} of all others are in use`, () => {
        const world = racks(100);
        for (let rack = 0; rack < 99; rack += 1) for (const at of busy) occupy(world, `n${2 * rack + at}`);
        gang(world, 'g', 2, { request: TWO, network });
        expect(run(world).placed).to.deep.equal({ 'g-0': 'n199', 'g-1': 'n200' });
      });
    }
  }

  it('are within one rack wherever one has the devices for all of them', () => {
    const busy = fc.array(fc.nat(2), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(busy, fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 2 }), (used, pods, count) => {
        const world = racks(4);
        used.forEach((each, at) => {
          if (each > 0) occupy(world, `n${at + 1}`, 'low', each);
        });
        const room = (node: number): number => Math.floor((2 - (used[node] ?? 0)) / count);
        const fits = [0, 1, 2, 3].filter((rack) => room(2 * rack) + room(2 * rack + 1) >= pods);
        gang(world, 'g', pods, { request: makeRequest('r', { count }), network: hard(1) });
        const { placed } = world.cycle();
        const taken = new Set(Object.values(placed).map((node) => Math.floor((Number(node.slice(1)) - 1) / 2)));
        expect(Object.keys(placed)).to.have.length(fits.length > 0 ? pods : 0);
        expect(taken.size).to.equal(Math.min(1, fits.length));
        expect([...taken].every((rack) => fits.includes(rack))).to.equal(true);
      }),
      { numRuns: RUNS },
    );
  });

  for (const low of [0, 6, 8, 11]) {
    it(`have the devices of the one rack freed whose pods may go: r${low}`, () => {
      const world = racks(12, EVICTING);
      for (let at = 0; at < 24; at += 1) occupy(world, `n${at + 1}`, Math.floor(at / 2) === low ? 'low' : 'higher');
      gang(world, 'g', 2, { request: TWO, network: hard(1), priorityClassName: 'high' });
      const evicted = world.cycle().decisions.flatMap((decision) => (decision.kind === 'evict' ? [decision.pod] : []));
      expect(evicted).to.have.members([2 * low + 1, 2 * low + 2].map((node) => `ns/on-n${node}`));
    });
  }
});
