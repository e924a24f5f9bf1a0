import { expect } from 'chai';
import fc from 'fast-check';
import type { NumatopologyRecord, PodNuma, ZoneShare } from '../../src/api/records/numa-records.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import { admission } from '../../src/scheduler/numa/admission.ts';
import { wholeOf } from '../../src/scheduler/numa/zone-holdings.ts';
import { NumaKubelet, settled } from '../support/numa-kubelet.ts';
import { makeTopology, numaPod, numaPolicy, podNuma } from '../support/numa-records.ts';
import { makePodGroup } from '../support/records.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

const RUNS = { numRuns: Number(process.env['SLUICE_NUMA_RUNS'] ?? 60), seed: Number(process.env['SLUICE_SEED'] ?? 7) };
const STEPS_A_RUN = 40;
const KIB = 1024;

const policies = fc.constantFrom('best-effort', 'restricted', 'single-numa-node');

/** A node of up to four zones with CPUs, memory and huge pages, part of each in use. */
const busyNode = fc
  .record({
    policy: policies,
    zones: fc.array(
      fc.record({
        cpus: fc.integer({ min: 1, max: 4 }),
        used: fc.nat(4),
        memory: fc.record({ allocatable: fc.nat(4), free: fc.nat(4) }),
        huge: fc.record({ allocatable: fc.nat(3), free: fc.nat(3) }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    hasMemory: fc.boolean(),
  })
  .map(({ policy, zones, hasMemory }) => {
    let first = 0;
    const used = zones.flatMap(({ cpus, used: count }) => {
      const from = first;
      first += cpus;
      return Array.from({ length: Math.min(count, cpus) }, (_, i) => from + i);
    });
    const table = ({ allocatable, free }: { readonly allocatable: number; readonly free: number }): Table => ({
      allocatable: allocatable * KIB,
      free: Math.min(allocatable, free) * KIB,
    });
    return makeTopology('n', {
      zones: zones.map(({ cpus }) => cpus),
      policy,
      used,
      ...(hasMemory
        ? { memory: zones.map(({ memory, huge }) => ({ memory: table(memory), 'hugepages-2Mi': table(huge) })) }
        : {}),
    });
  });

interface Table {
  readonly allocatable: number;
  readonly free: number;
}

const asking = fc.record({
  cpu: fc.constantFrom('1', '2', '3', '5', '500m'),
  memory: fc.constantFrom('1Ki', '2Ki', '4Ki'),
  huge: fc.constantFrom(undefined, '1Ki', '3Ki'),
});

describe('what a kubelet would say to a pod', () => {
  it('is what trying every set of NUMA nodes for every resource comes to', () => {
    fc.assert(
      fc.property(busyNode, asking, fc.option(asking), (node, first, second) => {
        // Where there are two they are looked at together.
        const containers = [first, ...(second === null ? [] : [second])].map(({ huge, ...limits }) => {
          return huge === undefined ? limits : { ...limits, huge };
        });
        const pod = known(podNuma('restricted', containers));
        const whole = wholeOf(pod);
        const free = new Map([...node.amounts].map(([resource, { free: left }]) => [resource, left]));
        const answer = admission(pod, node, free, second === null ? 'container' : 'pod');
        const judged = settled(whole, node, free);
        expect(answer.kind).to.equal(judged.isAdmitted ? 'admitted' : 'refused');
        if (answer.kind === 'refused') return;
        judgeShares(answer.shares, pod, node);
        // From where they agree, and what is lacking there from elsewhere.
        const { zones = [] } = judged;
        const asked = whole.get('cpu') ?? 0;
        const there = zones.reduce((sum, zone) => sum + (node.amounts.get('cpu')?.free[zone] ?? 0), 0);
        const taken = answer.shares.filter(({ zone }) => zones.includes(zone));
        expect(taken.reduce((sum, share) => sum + (share.amounts.get('cpu') ?? 0), 0)).to.be.at.least(
          Math.min(asked, there),
        );
      }),
      { ...RUNS, numRuns: 20 * RUNS.numRuns },
    );
  });
});

/** All that is asked for, and of no zone more than it has. */
function judgeShares(shares: readonly ZoneShare[], { containers }: PodNuma, node: NumatopologyRecord): void {
  for (const [resource, { free }] of node.amounts) {
    const asked = containers.reduce((sum, container) => sum + (container.amounts.get(resource) ?? 0), 0);
    expect(shares.reduce((sum, share) => sum + (share.amounts.get(resource) ?? 0), 0)).to.equal(asked);
    for (const share of shares) {
      expect(share.amounts.get(resource) ?? 0).to.be.at.most(free[node.zones.indexOf(share.zone)] ?? 0);
    }
  }
}

type Step =
  | { readonly kind: 'arrive'; readonly members: readonly (readonly number[])[]; readonly isGang: boolean }
  | { readonly kind: 'see' | 'fail' | 'leave' | 'publish' | 'foreign' | 'restart'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('arrive' as const),
      members: fc.array(fc.array(fc.constantFrom(1, 2, 3, 4, 6), { minLength: 1, maxLength: 2 }), {
        minLength: 1,
        maxLength: 3,
      }),
      isGang: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('see', 'see', 'see', 'fail', 'leave', 'leave', 'publish', 'publish', 'foreign', 'restart'),
      which: fc.nat(1000),
    }),
  },
);

const ZONES: Readonly<Record<string, readonly number[]>> = { n1: [8, 8], n2: [4, 6, 4] };
const MOST_PODS = 16;

/** Nodes whose kubelets give out CPUs by number, and tell of it now and then. */
class NumaStory {
  readonly #tellsHolders: boolean;
  readonly #kubelets = new Map(
    Object.entries(ZONES).map(([name, zones]) => [name, new NumaKubelet(zones, 'single-numa-node')]),
  );
  readonly #published = new Map<string, NumatopologyRecord>();
  readonly #pods = new Map<string, PodRecord>();
  readonly #groups = new Map<string, number>();
  /** Decided, and not known to their kubelets yet; the oldest first. */
  readonly #binding = new Map<string, string>();
  #world: SchedulerWorld;
  #made = 0;

  constructor(tellsHolders: boolean) {
    this.#tellsHolders = tellsHolders;
    for (const name of this.#kubelets.keys()) this.#published.set(name, this.#topology(name));
    this.#world = this.#start();
  }

  do(event: Step): void {
    if (event.kind === 'arrive') this.#arrive(event.members, event.isGang);
    else if (event.kind === 'restart') this.#restart();
    else if (event.kind === 'publish') this.#publish(nth([...this.#kubelets.keys()], event.which) ?? '');
    else if (event.kind === 'foreign') this.#foreign(event.which);
    else if (event.kind === 'leave') this.#leave(nth([...this.#pods.keys()], event.which));
    else if (event.kind === 'see') this.#see();
    else this.#fail();
    this.#cycle();
  }

  /** Once all is told, nobody waits whom some kubelet would take. */
  end(): void {
    while (this.#binding.size > 0) this.#see();
    for (const name of this.#kubelets.keys()) this.#publish(name);
    for (let more = true; more;) {
      this.#cycle();
      more = this.#binding.size > 0;
      while (this.#binding.size > 0) this.#see();
      for (const name of this.#kubelets.keys()) this.#publish(name);
    }
    for (const { uid, nodeName, numa, group } of this.#pods.values()) {
      if (nodeName !== '' || numa === undefined || this.#groups.get(group) !== 1) continue;
      for (const [name, kubelet] of this.#kubelets) {
        if (kubelet.admit(uid, numa, this.#topology(name))) expect.fail(`${uid} waits although ${name} would take it`);
      }
    }
  }

  /** Where nobody tells who has CPUs, a new process cannot know that a pod has left which the publication counts. */
  #restart(): void {
    if (!this.#tellsHolders) for (const name of this.#kubelets.keys()) this.#publish(name);
    this.#world = this.#start();
  }

  #topology(name: string): NumatopologyRecord {
    const kubelet = this.#kubelets.get(name);
    const { used = [], holders = [] } = kubelet ?? {};
    return makeTopology(name, {
      zones: ZONES[name] ?? [],
      used,
      ...(this.#tellsHolders ? { holders: holders.map((uid) => ({ uid })) } : {}),
    });
  }

  /** A process that knows what the API server knows: bindings on their way did not happen. */
  #start(): SchedulerWorld {
    const world = new SchedulerWorld(numaPolicy());
    this.#binding.clear();
    for (const name of this.#kubelets.keys()) world.node(name, amounts(16));
    for (const topology of this.#published.values()) world.snapshot.numa.publish(topology);
    for (const [group, size] of this.#groups) world.snapshot.upsertJob(makePodGroup(group, size));
    for (const pod of this.#pods.values()) world.snapshot.upsertTask(pod);
    return world;
  }

  #arrive(members: readonly (readonly number[])[], isGang: boolean): void {
    if (this.#pods.size > MOST_PODS) return;
    this.#made += 1;
    members.forEach((cpus, i) => {
      const group = isGang ? `g${this.#made}` : `g${this.#made}-${i}`;
      const size = isGang ? members.length : 1;
      this.#groups.set(group, size);
      this.#world.snapshot.upsertJob(makePodGroup(group, size));
      this.#put(numaPod(`${group}-${i}`, group, ['single-numa-node', cpus.map((cpu) => ({ cpu: String(cpu) }))]));
    });
  }

  #put(pod: PodRecord): void {
    this.#pods.set(pod.uid, pod);
    this.#world.snapshot.upsertTask(pod);
  }

  #publish(name: string): void {
    const topology = this.#topology(name);
    this.#published.set(name, topology);
    this.#world.snapshot.numa.publish(topology);
  }

  /** The oldest binding arrives: what was decided, the kubelet must take. */
  #see(): void {
    const [oldest] = this.#binding;
    if (oldest === undefined) return;
    const [uid, node] = oldest;
    this.#binding.delete(uid);
    const pod = this.#pods.get(uid);
    if (pod?.numa === undefined) return;
    const isAdmitted = this.#kubelets.get(node)?.admit(uid, pod.numa, this.#topology(node));
    if (isAdmitted !== true) expect.fail(`${node} turned ${uid} away`);
    this.#put({ ...pod, nodeName: node, phase: 'Running' });
  }

  #fail(): void {
    const [uid] = this.#binding.keys();
    if (uid === undefined) return;
    this.#binding.delete(uid);
    this.#world.snapshot.forget(uid);
  }

  #leave(uid: string | undefined): void {
    if (uid === undefined) return;
    this.#binding.delete(uid);
    for (const kubelet of this.#kubelets.values()) kubelet.leave(uid);
    this.#pods.delete(uid);
    this.#world.snapshot.removeTask(uid);
  }

  /** Somebody else binds a pod, where nothing is on its way. */
  #foreign(which: number): void {
    const name = nth([...this.#kubelets.keys()], which) ?? '';
    if ([...this.#binding.values()].includes(name) || this.#pods.size > MOST_PODS) return;
    this.#made += 1;
    const pod = numaPod(`f${this.#made}`, '', ['none', [{ cpu: String(1 + (which % 4)) }]], {
      schedulerName: 'other',
      nodeName: name,
      phase: 'Running',
    });
    const isAdmitted = this.#kubelets.get(name)?.admit(pod.uid, known(pod.numa), this.#topology(name));
    if (isAdmitted === true) this.#put(pod);
  }

  #cycle(): void {
    for (const decision of this.#world.cycle().decisions) {
      if (decision.kind !== 'gang') continue;
      for (const { uid, node } of decision.binds) this.#binding.set(uid, node);
    }
  }
}

function nth<T>(all: readonly T[], which: number): T | undefined {
  return all[which % Math.max(1, all.length)];
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none');
  return value;
}

describe('CPUs of NUMA nodes under random loads', () => {
  for (const tellsHolders of [true, false]) {
    it(`are expected by nobody twice${tellsHolders ? '' : ', also where nobody tells who has them'}: every kubelet takes what it is sent`, function () {
      this.timeout(120_000 + RUNS.numRuns * 1000);
      fc.assert(
        fc.property(fc.array(step, { minLength: STEPS_A_RUN, maxLength: STEPS_A_RUN }), (steps) => {
          const story = new NumaStory(tellsHolders);
          for (const event of steps) story.do(event);
          story.end();
        }),
        RUNS,
      );
    });
  }
});
