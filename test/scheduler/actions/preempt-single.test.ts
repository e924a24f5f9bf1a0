import { expect } from 'chai';
import fc from 'fast-check';
import { plugin } from '../../../src/config/policy.ts';
import { evicted, policy } from '../../support/evicting-world.ts';
import { kubePreemption } from '../../support/kube-preemption.ts';
import type { PlainNode, PlainPod } from '../../support/kube-preemption.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

/** Two are so far apart that their sums do not go by the number of pods alone. */
const PRIORITIES = [-2_000_000_000, 0, 1, 2, 1_000_000_000];

const pod = fc.record({ priority: fc.constantFrom(...PRIORITIES), cpus: fc.integer({ min: 1, max: 3 }) });
const large = pod.map((each) => ({ ...each, cpus: each.cpus + 1 }));
const nodes = fc.array(fc.record({ cpus: fc.integer({ min: 1, max: 6 }), pods: fc.array(pod, { maxLength: 5 }) }), {
  minLength: 1,
  maxLength: 4,
});

/** With as many of the pods as fit; no two of one age. */
function filled(
  cluster: readonly { readonly cpus: number; readonly pods: readonly Omit<PlainPod, 'name' | 'createdMs'>[] }[],
): PlainNode[] {
  let made = 0;
  return cluster.map(({ cpus, pods }, n) => {
    let free = cpus;
    const fitting = pods.filter((each) => (each.cpus <= free ? ((free -= each.cpus), true) : false));
    return {
      name: `n${n}`,
      cpus,
      pods: fitting.map((each) => ({ ...each, name: `p${made}`, createdMs: ((made += 1) * 7919) % 1009 })),
    };
  });
}

function worldOf(all: readonly PlainNode[], asking: PlainPod): SchedulerWorld {
  const on = new SchedulerWorld({
    ...policy('preempt'),
    tiers: [[plugin('priority'), plugin('gang')], [plugin('predicates')]],
  });
  for (const value of PRIORITIES)
    on.snapshot.setPriorityClass({ name: `p${value}`, value, isGlobalDefault: false, isPatient: false });
  const bring = ({ name, priority, cpus, createdMs }: PlainPod, nodeName: string): void => {
    const phase = nodeName === '' ? 'Pending' : 'Running';
    on.group(name, 1, { priorityClassName: `p${priority}`, createdMs, phase: nodeName === '' ? '' : 'Running' });
    on.snapshot.upsertTask(makePod(name, name, makeShape(amounts(cpus)), { nodeName, phase, createdMs, priority }));
  };
  for (const { name, cpus, pods } of all) {
    on.node(name, amounts(cpus));
    for (const each of pods) bring(each, name);
  }
  bring(asking, '');
  return on;
}

describe('preemption for a single pod', () => {
  it('evicts whom kube-scheduler would, from where it would', () => {
    let [some, several] = [0, 0];
    fc.assert(
      fc.property(nodes, large, (cluster, wanted) => {
        const all = filled(cluster);
        const asking = { ...wanted, name: 'asking', createdMs: 2000 };
        const outcome = worldOf(all, asking).cycle();
        if ('asking' in outcome.placed) return;
        const want = kubePreemption(all, asking);
        expect(evicted(outcome)).to.deep.equal((want?.victims ?? []).map(({ name }) => name).toSorted());
        expect(outcome.pipelined).to.deep.equal(want === undefined ? {} : { asking: want.node });
        if (want !== undefined) some += 1;
        if ((want?.victims.length ?? 0) > 1) several += 1;
      }),
      { numRuns: 3000, seed: 9 },
    );
    expect(Math.min(some, several)).to.be.greaterThan(100);
  });

  it('evicts nobody while another place of its own is being freed', () => {
    const low = (name: string): PlainPod => ({ name, priority: 0, cpus: 2, createdMs: 1 });
    const all = ['n0', 'n1'].map((name) => ({ name, cpus: 2, pods: [low(`on-${name}`)] }));
    const on = worldOf(all, { name: 'asking', priority: 2, cpus: 2, createdMs: 5 });
    expect(evicted(on.cycle())).to.have.length(1);
    expect(evicted(on.cycle())).to.deep.equal([]);
  });
});
