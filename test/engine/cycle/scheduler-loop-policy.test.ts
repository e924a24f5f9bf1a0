import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { stringAt } from '../../../src/lib/json.ts';
import { makePod, makePodGroup, makeNode, makeQueue, makeShape } from '../../support/records.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';
import { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../../../src/scheduler/scheduler.ts';
import { amounts } from '../../support/scheduler-world.ts';

/** Lets groups in, and gives nobody a place. */
const ONLY_ENQUEUE: SchedulerPolicy = { ...DEFAULT_POLICY, actions: ['enqueue'] };
const ENFORCING = [plugin('gang'), plugin('predicates'), plugin('proportion')];
const SPREADING: SchedulerPolicy = { ...DEFAULT_POLICY, tiers: [[...ENFORCING, plugin('nodeorder')]] };
const PACKING: SchedulerPolicy = { ...DEFAULT_POLICY, tiers: [[...ENFORCING, plugin('binpack')]] };
/** Far below the 10 s after which groups that wait are looked at although nothing changed. */
const SOON_MS = 100;

function world(request: () => number = () => 0): LoopWorld {
  const made = new LoopWorld({ request, answer: () => 0, watch: () => 0 });
  made.api.put('queues', rawQueue('default'));
  made.api.put('nodes', rawNode('n1', 4));
  made.api.put('nodes', rawNode('n2', 4));
  return made;
}

function gang(made: LoopWorld, name: string, size: number): void {
  made.api.put('podgroups', rawGroup(name, size));
  for (let i = 0; i < size; i += 1) made.api.put('pods', rawPod(`${name}-${i}`, name));
}

function nodesOf({ api }: LoopWorld, group: string): string[] {
  const members = api.list('pods').filter((pod) => stringAt(pod, ['metadata', 'name']).startsWith(`${group}-`));
  return members.map((pod) => stringAt(pod, ['spec', 'nodeName']));
}

describe('scheduler loop under another policy', () => {
  it('places at once what waited under the one before', async () => {
    const made = world();
    gang(made, 'g', 3);
    made.start();
    made.loop.setPolicy(ONLY_ENQUEUE);
    await made.run(60_000);
    expect(nodesOf(made, 'g')).to.deep.equal(['', '', '']);
    made.loop.setPolicy(DEFAULT_POLICY);
    await made.run(SOON_MS);
    expect(nodesOf(made, 'g')).to.not.include('');
  });

  it('scores by the new plugins from the next pod on', async () => {
    const made = world();
    made.start();
    const rounds = [
      [PACKING, ['n1', 'n1']],
      [SPREADING, ['n2', 'n2']],
      [PACKING, ['n1']],
    ] as const;
    for (const [round, [policy, wanted]] of rounds.entries()) {
      made.loop.setPolicy(policy);
      for (const [i] of wanted.entries()) {
        gang(made, `r${round}x${i}`, 1);
        await made.run(SOON_MS);
      }
      expect(wanted.flatMap((_, i) => nodesOf(made, `r${round}x${i}`))).to.deep.equal(wanted);
    }
  });

  it('keeps the room of what is on its way, and finishes it', async () => {
    const made = world(() => 1000);
    gang(made, 'first', 8);
    made.start();
    await made.run(SOON_MS);
    made.loop.setPolicy(SPREADING);
    gang(made, 'second', 1);
    await made.run(60_000);
    expect(nodesOf(made, 'first')).to.not.include('');
    expect(nodesOf(made, 'second')).to.deep.equal(['']);
    expect(made.metrics.value('sluice_checker_refusals_total', {})).to.equal(0);
  });

  it('decides nothing while another process leads', async () => {
    const made = world();
    gang(made, 'g', 1);
    made.start();
    made.loop.stop();
    made.loop.setPolicy(SPREADING);
    await made.run(60_000);
    expect(nodesOf(made, 'g')).to.deep.equal(['']);
  });
});

describe('a scheduler over the snapshot of another', () => {
  it('finds no share, problem, stamp or order of that, and all that was assumed', () => {
    const snapshot = new Snapshot();
    snapshot.upsertNode(makeNode('n1', amounts(4)));
    snapshot.upsertQueue(makeQueue('default', { guarantee: new Map([['cpu', 9000]]) }));
    const shape = makeShape(amounts(3));
    for (const name of ['a', 'b']) {
      snapshot.upsertJob(makePodGroup(name, 1, { minResources: new Map([['cpu', 3000]]) }));
      snapshot.upsertTask(makePod(`${name}-0`, name, shape));
    }
    new Scheduler(snapshot, DEFAULT_POLICY).cycle({ nowMs: 0 });
    const queue = snapshot.queues.get('default');
    const waiting = snapshot.jobs.get('ns/b');
    expect([queue?.problems.guarantee, queue?.deserved.length, waiting?.askedAt]).to.not.include.members(['', 0]);
    expect(waiting?.keptOut?.code).to.equal('WaitingInQueue');
    const held = queue?.allocated.slice();
    const { framework } = new Scheduler(snapshot, SPREADING);
    expect(framework.pickers).to.equal(0);
    expect(queue?.problems).to.deep.equal({ guarantee: '', parent: '' });
    expect(queue?.isDirty).to.equal(true);
    expect(queue?.deserved).to.have.length(0);
    expect(waiting).to.include({ askedAt: 0, keptOut: undefined, pendingOrder: undefined });
    expect(queue?.allocated).to.deep.equal(held);
    expect(snapshot.nodes.idle[0]?.[0]).to.equal(1000);
    expect([snapshot.jobs.get('ns/a')?.phase, waiting?.phase]).to.deep.equal(['Running', 'Pending']);
  });
});
