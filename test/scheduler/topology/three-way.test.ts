import { expect } from 'chai';
import type { NetworkRule } from '../../../src/api/records/network-rule.ts';
import { podWith } from '../../../src/api/records/stored-pod.ts';
import { exactly, hard, makeHyperNode, SOFT } from '../../support/network.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

/*
 * T1 to T4 of the three-way benchmark of Kueue, Volcano and YuniKorn (MSSkowron/knavigator, resources/benchmarks/README.md at
 * 24b4a544), with the placements that it expects. Blocks are tier 1, spines tier 2, the data centre tier 3.
 */

interface Plan {
  readonly spines: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly cordoned?: readonly string[];
  readonly gpus?: Readonly<Record<string, number>>;
  readonly cpus: number;
  readonly gibs: number;
}

function build({ spines, cordoned = [], gpus = {}, cpus, gibs }: Plan): SchedulerWorld {
  const on = new SchedulerWorld();
  for (const [spine, blocks] of Object.entries(spines)) {
    for (const [block, nodes] of Object.entries(blocks)) {
      for (const name of nodes) {
        on.node(name, amounts(cpus, gibs, gpus[name] ?? 8), { unschedulable: cordoned.includes(name) });
        on.snapshot.network.upsert(makeHyperNode(`host-${name}`, [0, 'host'], exactly('Node', name)));
      }
      const hosts = nodes.map((name) => exactly('HyperNode', `host-${name}`));
      on.snapshot.network.upsert(makeHyperNode(block, [1, 'block'], ...hosts));
    }
    const inner = Object.keys(blocks).map((block) => exactly('HyperNode', block));
    on.snapshot.network.upsert(makeHyperNode(spine, [2, 'spine'], ...inner));
  }
  const all = Object.keys(spines).map((spine) => exactly('HyperNode', spine));
  on.snapshot.network.upsert(makeHyperNode('datacenter', [3, 'datacenter'], ...all));
  return on;
}

/** Nodes `n<first>` to `n<last>`. */
function nodes(first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, at) => `n${first + at}`);
}

function numbered(numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => `n${number}`);
}

const T1: Plan = {
  spines: {
    sw21: { sw11: nodes(1, 2), sw12: nodes(3, 4) },
    sw22: { sw13: nodes(5, 6), sw14: nodes(7, 8) },
    sw23: { sw15: nodes(9, 10), sw16: nodes(11, 12) },
    sw24: { sw17: nodes(13, 14), sw18: nodes(15, 16) },
  },
  cordoned: numbered([1, 3, 6, 11, 12, 14, 16]),
  cpus: 256,
  gibs: 2048,
};

const T2: Plan = {
  spines: {
    sw21: { sw113: nodes(1, 3), sw114: nodes(4, 6) },
    sw22: { sw123: nodes(7, 9), sw124: nodes(10, 12) },
    sw23: { sw133: nodes(13, 15), sw134: nodes(16, 18) },
    sw24: { sw143: nodes(19, 21) },
  },
  cordoned: numbered([5, 6, 8, 11, 12, 15, 16, 20]),
  cpus: 256,
  gibs: 2048,
};

const T3: Plan = {
  spines: {
    sw21: { sw113: nodes(1, 2), sw114: nodes(3, 4), sw115: nodes(5, 7) },
    sw22: { sw116: nodes(8, 10), sw117: nodes(11, 13) },
  },
  cordoned: numbered([3, 4, 10, 12, 13]),
  gpus: { n1: 24 },
  cpus: 128,
  gibs: 1024,
};

type Step = readonly [name: string, plan: Plan, gpus: number, rule: NetworkRule, want: readonly number[]];

const STEPS: readonly Step[] = [
  ['T1, required within a spine', T1, 8, hard('spine'), [5, 7, 8]],
  ['T1, preferred', T1, 8, SOFT, [5, 7, 8]],
  ['T2, required within a block', T2, 8, hard('block'), [1, 2, 3]],
  ['T2, preferred', T2, 8, SOFT, [1, 2, 3]],
  ['T3, required on one node', T3, 6, hard('host'), [1]],
  ['T3, preferred without that node', { ...T3, cordoned: [...(T3.cordoned ?? []), 'n1'] }, 6, SOFT, [5, 6, 7]],
];

describe('the three-way benchmark of topologies', () => {
  for (const [name, plan, gpus, rule, want] of STEPS) {
    it(`${name}: nodes ${want.join(', ')}`, () => {
      const on = build(plan);
      on.gang('g', { count: 3, requests: amounts(2, 2, gpus) }, { network: rule });
      const placed = Object.values(on.cycle().placed);
      expect(placed).to.have.length(3);
      expect([...new Set(placed)].toSorted()).to.deep.equal(numbered(want).toSorted());
    });
  }

  it('T4: what is required and what is preferred is met by all, in less than the 772 s of Kueue', () => {
    const run = new FragmentedRun();
    expect(run.outcome()).to.deep.equal({ required: 8, preferred: 4 });
    expect(run.lastEndS, 'makespan').to.be.below(772);
    expect(run.meanWaitS, 'mean wait').to.be.below(253);
  });
});

/** Eight blocks of four nodes in two spines, half of whose GPUs others hold; gangs of eight and four in a clock of its own. */
class FragmentedRun {
  readonly #on: SchedulerWorld;
  /** When pods end, in seconds, by name. */
  readonly #ends = new Map<string, number>();
  readonly #spineOf = new Map<string, string>();
  readonly #blockOf = new Map<string, string>();
  readonly #places = new Map<string, readonly string[]>();
  readonly #waits: number[] = [];
  lastEndS = 0;

  constructor() {
    const spines: Record<string, Record<string, readonly string[]>> = {};
    for (const spine of ['1', '2']) {
      spines[`s${spine}`] = {};
      for (const block of ['1', '2', '3', '4']) {
        const names = ['1', '2', '3', '4'].map((node) => `n${spine}${block}${node}`);
        (spines[`s${spine}`] ?? {})[`b${spine}${block}`] = names;
        for (const name of names) {
          this.#spineOf.set(name, spine);
          this.#blockOf.set(name, spine + block);
        }
      }
    }
    this.#on = build({ spines, cpus: 128, gibs: 1024 });
    for (let n = 0; n < 8; n += 1) this.#on.gang(`medium${n}`, { count: 1, requests: amounts(32, 128, 4) });
    for (let n = 0; n < 12; n += 1) this.#on.gang(`small${n}`, { count: 4, requests: amounts(8, 32, 2) });
    this.#cycle(0);
    for (let n = 0; n < 8; n += 1)
      this.#on.gang(`a${n}`, { count: 8, requests: amounts(32, 128, 5) }, { network: hard('spine') });
    for (let n = 0; n < 4; n += 1) this.#on.gang(`b${n}`, { count: 4, requests: amounts(8, 32, 3) }, { network: SOFT });
    this.#run();
  }

  #run(): void {
    let nowS = 0;
    while (this.#places.size < 12) {
      this.#cycle(nowS);
      const next = Math.min(...this.#ends.values());
      nowS = next;
      for (const [pod, endS] of this.#ends) {
        if (endS > nowS) continue;
        this.#ends.delete(pod);
        this.#on.snapshot.removeTask(`uid-${pod}`);
      }
    }
  }

  #cycle(nowS: number): void {
    this.#on.nowMs = nowS * 1000;
    const placed = Object.entries(this.#on.cycle().placed);
    for (const [pod, node] of placed) {
      const group = pod.slice(0, pod.indexOf('-'));
      const isNear = group.startsWith('a') || group.startsWith('b');
      const endS = nowS + (isNear ? 120 : 600);
      this.#ends.set(pod, endS);
      const task = this.#on.snapshot.tasks.get(`uid-${pod}`);
      if (task !== undefined) this.#on.snapshot.upsertTask(podWith(task.record, { nodeName: node, phase: 'Running' }));
      if (!isNear) continue;
      if (!this.#places.has(group)) this.#waits.push(nowS);
      this.#places.set(group, [...(this.#places.get(group) ?? []), node]);
      this.lastEndS = Math.max(this.lastEndS, endS);
    }
  }

  get meanWaitS(): number {
    return this.#waits.reduce((sum, wait) => sum + wait, 0) / this.#waits.length;
  }

  /** Gangs that stand in one spine, and those that stand in one block. */
  outcome(): { required: number; preferred: number } {
    const met = (prefix: string, count: number, partOf: ReadonlyMap<string, string>): number => {
      const groups = [...this.#places].filter(([name]) => name.startsWith(prefix));
      return groups.filter(([, on]) => on.length === count && new Set(on.map((node) => partOf.get(node))).size === 1)
        .length;
    };
    return { required: met('a', 8, this.#spineOf), preferred: met('b', 4, this.#blockOf) };
  }
}
