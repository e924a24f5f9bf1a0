import { expect } from 'chai';
import type { Decision } from '../../../src/scheduler/session/decision.ts';
import { evictions, leave, policy } from '../../support/evicting-world.ts';
import { makeNode } from '../../support/records.ts';
import { digest } from '../../support/scheduler-model.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';

const PROMISED = ['b0', 'b1', 'b2', 'b3'];

/** Queue a holds both nodes with groups of one, queue b has six that wait: pods of a go for four of them. */
function reclaimed(): { readonly on: SchedulerWorld; readonly first: Outcome } {
  const on = new SchedulerWorld(policy('reclaim')).nodes(2, amounts(4)).queue('a').queue('b');
  for (let g = 0; g < 8; g += 1) {
    on.group(`a${g}`, 1, { queue: 'a', phase: 'Running' });
    on.running(`a${g}-0`, `a${g}`, `n${1 + (g % 2)}`, { requests: amounts(1) });
  }
  for (let g = 0; g < 6; g += 1) on.gang(`b${g}`, { count: 1, requests: amounts(1) }, { queue: 'b', createdMs: g });
  return { on, first: on.cycle() };
}

function blocksOf(on: SchedulerWorld): readonly unknown[] {
  return PROMISED.map((name) => on.snapshot.jobs.get(`ns/${name}`)?.block);
}

describe('a promise of room that is being freed', () => {
  it('stands in the next cycles, and its group waits unchanged', () => {
    const { on, first } = reclaimed();
    expect(evictions(first.decisions)).to.have.length(4);
    expect(Object.keys(first.pipelined)).to.have.members(PROMISED.map((name) => `${name}-0`));
    const second = on.cycle();
    expect(second.pipelined).to.deep.equal(first.pipelined);
    const [blocks, before] = [blocksOf(on), digest(on.snapshot)];
    expect(blocks).to.not.include(undefined);
    const third = on.cycle();
    expect(third.pipelined).to.deep.equal(first.pipelined);
    expect(third.refused).to.deep.equal(second.refused);
    for (const name of PROMISED) expect(third.refused[name]).to.match(/^RoomPromised/);
    for (const name of PROMISED) expect(third.statuses.get(name)).to.deep.equal(second.statuses.get(name));
    expect(blocksOf(on).every((block, i) => block === blocks[i])).to.equal(true);
    expect(digest(on.snapshot)).to.deep.equal(before);
  });

  it('is told as news once, and is known of each group afterwards', () => {
    const on = new SchedulerWorld(policy('reclaim')).nodes(1, amounts(4)).queue('a').queue('b');
    for (let g = 0; g < 4; g += 1) on.group(`a${g}`, 1, { queue: 'a', phase: 'Running' });
    for (let g = 0; g < 4; g += 1) on.running(`a${g}-0`, `a${g}`, 'n1', { requests: amounts(1) });
    for (let g = 0; g < 2; g += 1) on.gang(`b${g}`, { count: 1, requests: amounts(1) }, { queue: 'b' });
    on.cycle();
    const [second, third] = [on.scheduler.cycle({ nowMs: 0 }), on.scheduler.cycle({ nowMs: 0 })];
    const told = (decisions: Iterable<Decision>): readonly string[] =>
      Array.from(decisions, (decision) => decision.kind);
    expect(told(second.news())).to.deep.equal(['status', 'status', 'refusal', 'refusal']);
    expect(told(third.news())).to.deep.equal([]);
    expect(told(third)).to.deep.equal(['pipeline', 'pipeline', ...told(second.news())]);
    expect(third.length).to.equal(6);
    for (const name of ['ns/b0', 'ns/b1']) {
      expect(third.refusalOf(name)?.message).to.match(new RegExp(`^PodGroup ${name} waits for pods`));
      expect(on.scheduler.explain(name)?.promised).to.have.length(1);
    }
  });

  it('becomes a place once the pods have gone', () => {
    const { on, first } = reclaimed();
    on.cycle();
    leave(on, first);
    const { placed, pipelined } = on.cycle();
    expect(Object.keys(placed)).to.have.members(PROMISED.map((name) => `${name}-0`));
    expect(pipelined).to.deep.equal({});
  });

  it('becomes a place for as many as there is room for, and stands for the others', () => {
    const { on, first } = reclaimed();
    on.cycle();
    const [gone] = evictions(first.decisions);
    on.snapshot.removeTask(gone?.uid ?? '');
    const { placed, pipelined } = on.cycle();
    expect(Object.keys(placed)).to.have.length(1);
    expect([...Object.keys(placed), ...Object.keys(pipelined)]).to.have.members(PROMISED.map((name) => `${name}-0`));
  });

  it('stands no more where the node is closed', () => {
    const { on, first } = reclaimed();
    on.cycle();
    on.snapshot.upsertNode(makeNode('n1', amounts(4), { unschedulable: true }));
    const { pipelined } = on.cycle();
    const kept = Object.entries(first.pipelined).filter(([, node]) => node === 'n2');
    expect(pipelined).to.deep.include(Object.fromEntries(kept));
    expect(Object.values(pipelined)).to.not.include('n1');
  });

  it('ends with its pod, and is made to the next in line', () => {
    const { on, first } = reclaimed();
    on.cycle();
    on.snapshot.removeTask('uid-b0-0');
    const { pipelined } = on.cycle();
    expect(Object.keys(pipelined)).to.have.members(['b1-0', 'b2-0', 'b3-0', 'b4-0']);
    expect(pipelined).to.include({ 'b4-0': first.pipelined['b0-0'] });
  });

  it('is no promise to a queue that takes nothing any more', () => {
    const { on } = reclaimed();
    on.cycle();
    on.queue('b', { state: 'Closed' });
    expect(on.cycle().pipelined).to.deep.equal({});
  });
});
