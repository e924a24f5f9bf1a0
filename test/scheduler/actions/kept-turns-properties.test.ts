import { expect } from 'chai';
import fc from 'fast-check';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import type { ResourceAmounts } from '../../../src/api/records/scheduling-shape.ts';
import { plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { WaitingLines } from '../../../src/scheduler/ledger/waiting-lines.ts';
import type { Plugin, PluginSet } from '../../../src/scheduler/framework/plugin.ts';
import { capacity } from '../../../src/scheduler/plugins/capacity.ts';
import { proportion } from '../../../src/scheduler/plugins/proportion.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { policy } from '../../support/evicting-world.ts';
import { makeNode } from '../../support/records.ts';
import { decisionText } from '../../support/scheduler-model.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

/** `SLUICE_COMMANDS` asks for about so many random steps, `SLUICE_SEED` for other ones. */
const COMMANDS = Number(process.env['SLUICE_COMMANDS'] ?? 0);
const RUNS = { numRuns: Math.max(25, Math.round(COMMANDS / 40)), seed: Number(process.env['SLUICE_SEED'] ?? 5) };

/** The same, but nobody says that a queue may have all that was granted to it: each group has a turn of its own. */
const ONE_BY_ONE: PluginSet = { ...PLUGINS, proportion: withoutGrants(proportion), capacity: withoutGrants(capacity) };

function withoutGrants(shares: Plugin): Plugin {
  return {
    ...shares,
    make: (...facts) => {
      const { keepsGrantedFn: _, grantsFn: __, ...hooks } = shares.make(...facts);
      return hooks;
    },
  };
}

const RECLAIM = policy('reclaim');
const [FIRST_TIER = []] = RECLAIM.tiers;

const POLICIES: Readonly<Record<string, SchedulerPolicy>> = {
  'by weight': RECLAIM,
  'as declared': { ...RECLAIM, tiers: [FIRST_TIER, [plugin('predicates'), plugin('capacity'), plugin('binpack')]] },
};

/** So few that mostly all of a block are promised room, or none. */
const BLOCK = 2;

const QUEUES = 3;
const NODES = 3;
const MOVES = ['arrive', 'arrive', 'leave', 'end', 'node', 'queue', 'write', 'cycle', 'cycle', 'cycle'] as const;

interface Step {
  readonly move: (typeof MOVES)[number];
  readonly a: number;
  readonly b: number;
}

const number = fc.noBias(fc.nat(1000));
const STEPS = fc.array(fc.record({ move: fc.constantFrom(...MOVES), a: number, b: number }), {
  minLength: 25,
  maxLength: 50,
  size: 'max',
});

/** Groups of one of several queues, of which some hold what others are owed; pods that are told to go take their time. */
class ReclaimedWorld {
  readonly #on: SchedulerWorld;
  readonly #leaving = new Set<string>();
  readonly #standing: string[] = [];
  #groups = 0;
  /** Of each group. */
  readonly #queues: number[] = [];

  constructor(which: SchedulerPolicy, plugins: PluginSet) {
    this.#on = new SchedulerWorld(which, plugins).nodes(NODES, amounts(6));
    const { snapshot, scheduler } = this.#on;
    const lines = new WaitingLines([snapshot.waiting.asking, snapshot.waiting.admitted], BLOCK);
    lines.rankBy(scheduler.framework.compareJobs);
    Object.assign(snapshot.waiting, { lines });
    for (let q = 0; q < QUEUES; q += 1) this.#on.queue(`q${q}`, { deserved: cpus(6) });
    this.#arrive(20, 0, 1);
    this.cycle();
    this.#arrive(12, 1, 1);
    this.#arrive(8, 2, 1);
    this.cycle();
  }

  apply({ move, a, b }: Step): readonly string[] {
    if (move === 'cycle') return this.cycle();
    if (move === 'arrive') this.#arrive(1 + (a % 4), b % QUEUES, a % 7 === 0 ? 2 : 1);
    const gone = move === 'leave' ? [...this.#leaving][a % Math.max(1, this.#leaving.size)] : undefined;
    if (gone !== undefined) this.#end(gone);
    if (move === 'end') this.#end(this.#standing[a % Math.max(1, this.#standing.length)] ?? '');
    if (move === 'queue') this.#on.queue(`q${a % QUEUES}`, queueOf(b));
    if (move === 'write') this.#on.group(`g${a % this.#groups}`, 1, { queue: this.#queueOf(a % this.#groups) });
    if (move === 'node') {
      const node = makeNode(`n${1 + (a % NODES)}`, amounts(b % 5 === 0 ? 7 : 6), { unschedulable: b % 4 === 0 });
      this.#on.snapshot.upsertNode(node);
    }
    return [];
  }

  /** What it decided, in no order. */
  cycle(): readonly string[] {
    const { decisions } = this.#on.cycle();
    for (const decision of decisions) {
      if (decision.kind === 'evict') this.#leaving.add(decision.uid);
      if (decision.kind === 'gang') this.#standing.push(...decision.binds.map(({ uid }) => uid));
      if (decision.kind !== 'gang') continue;
      for (const { uid, node } of decision.binds) {
        const task = this.#on.snapshot.tasks.get(uid);
        if (task !== undefined) this.#on.snapshot.upsertTask({ ...task.record, nodeName: node, phase: 'Running' });
      }
    }
    return decisions.map((decision) => decisionText([decision])).toSorted();
  }

  #arrive(groups: number, queue: number, cpus: number): void {
    for (let i = 0; i < groups; i += 1, this.#groups += 1) {
      const overrides = { queue: `q${queue}`, createdMs: this.#groups };
      this.#queues.push(queue);
      this.#on.gang(`g${this.#groups}`, { count: 1, requests: amounts(cpus) }, overrides);
    }
  }

  #queueOf(group: number): string {
    return `q${this.#queues[group] ?? 0}`;
  }

  #end(uid: string): void {
    this.#leaving.delete(uid);
    this.#on.snapshot.removeTask(uid);
    if (this.#standing.includes(uid)) this.#standing.splice(this.#standing.indexOf(uid), 1);
  }
}

function queueOf(b: number): Partial<QueueRecord> {
  return {
    weight: 1 + (b % 3),
    deserved: cpus(2 * (1 + (b % 4))),
    capability: b % 5 === 0 ? cpus(8) : undefined,
    guarantee: b % 7 === 0 ? cpus(2) : undefined,
  };
}

function cpus(count: number): ResourceAmounts {
  return new Map(Object.entries(amounts(count)));
}

describe('promises that stand', () => {
  for (const [name, which] of Object.entries(POLICIES)) {
    it(`are those that each group would get in a turn of its own, where shares are ${name}`, () => {
      fc.assert(
        fc.property(STEPS, (script) => {
          const [together, alone] = [new ReclaimedWorld(which, PLUGINS), new ReclaimedWorld(which, ONE_BY_ONE)];
          for (const step of script) expect(together.apply(step)).to.deep.equal(alone.apply(step));
        }),
        RUNS,
      );
    }).timeout(120_000);
  }
});
