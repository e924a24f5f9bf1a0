import { expect } from 'chai';
import type { LabelPairs } from '../../../src/api/records/label-selector.ts';
import type { PodTerm } from '../../../src/api/records/pod-rules.ts';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';
import { asks, evicted, leave, policy, world } from '../../support/evicting-world.ts';
import { makeBudget, makeShape } from '../../support/records.ts';
import { amounts } from '../../support/scheduler-world.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';

const HOST = 'kubernetes.io/hostname';
const WEB: LabelPairs = ['app', 'web'];
const DB: LabelPairs = ['app', 'db'];
const NONE: LabelPairs = ['app', 'none'];

function to(labels: LabelPairs, topologyKey = HOST, isOwn = false): PodTerm {
  const [key = '', value = ''] = labels;
  const selector = [{ key, operator: 'In' as const, values: [value] }];
  return { topologyKey, isOwn, selector, namespaces: ['ns'], namespaceSelector: undefined };
}

function port(number = 80, ip = '0.0.0.0'): SchedulingShape {
  return makeShape(amounts(1), { hostPorts: [{ protocol: 'TCP', port: number, ip }] });
}

function ruled(rules: {
  readonly affinity?: readonly PodTerm[];
  readonly antiAffinity?: readonly PodTerm[];
}): SchedulingShape {
  return makeShape(amounts(1), { rules: { affinity: [], antiAffinity: [], spread: [], ...rules } });
}

/** A pod in a group of its own that runs, of priority class `low` unless said otherwise. */
function stands(
  on: SchedulerWorld,
  name: string,
  node: string,
  { shape = makeShape(amounts(1)), labels = NONE, priority = 'low' } = {},
): void {
  on.group(name, 1, { priorityClassName: priority, phase: 'Running' });
  on.running(name, name, node, { shape, labels });
}

function wants(
  on: SchedulerWorld,
  name: string,
  count: number,
  shape: SchedulingShape,
  labels = NONE,
  overrides = {},
): void {
  on.gang(name, { count, shape, labels }, { priorityClassName: 'high', ...overrides });
}

/** Nodes of 4 CPUs in zones `a`, `b`, ... */
function zones(count: number): SchedulerWorld {
  const on = world(policy('preempt'), 0);
  for (let n = 1; n <= count; n += 1) {
    on.node(`n${n}`, amounts(4), { labels: new Map([['zone', String.fromCharCode(96 + n)]]) });
  }
  return on;
}

describe('evictions for host ports', () => {
  it('take who holds the port, and nobody else, although there is room', () => {
    const on = world(policy('preempt'));
    stands(on, 'worse', 'n1');
    stands(on, 'holder', 'n1', { shape: port() });
    wants(on, 'a', 1, port());
    const outcome = on.cycle();
    expect([evicted(outcome), outcome.pipelined]).to.deep.equal([['holder'], { 'a-0': 'n1' }]);
  });

  it('take who holds it on another address of the node where one of the two is all of them', () => {
    const on = world(policy('preempt'));
    stands(on, 'holder', 'n1', { shape: port(80, '10.0.0.1') });
    wants(on, 'a', 1, port(80, '10.0.0.2'));
    expect(on.cycle().placed).to.deep.equal({ 'a-0': 'n1' });
    wants(on, 'b', 1, port());
    expect(evicted(on.cycle())).to.deep.equal([]);
    const other = world(policy('preempt'));
    stands(other, 'holder', 'n1', { shape: port(80, '10.0.0.1') });
    wants(other, 'b', 1, port());
    expect(evicted(other.cycle())).to.deep.equal(['holder']);
  });

  it('do not happen where a pod that may not go holds one of the ports', () => {
    const on = world(policy('preempt'));
    stands(on, 'holder', 'n1', { shape: port(80) });
    stands(on, 'equal', 'n1', { shape: port(81), priority: 'high' });
    const both = makeShape(amounts(1), { hostPorts: [...port(80).hostPorts, ...port(81).hostPorts] });
    wants(on, 'a', 1, both);
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('spare who holds it where a budget keeps it, and take it elsewhere', () => {
    const on = world(policy('preempt'), 2);
    stands(on, 'kept', 'n1', { shape: port(), labels: WEB });
    stands(on, 'other', 'n2', { shape: port(), labels: DB });
    on.snapshot.budgets.upsert({ ...makeBudget('b', 0), selector: to(WEB).selector });
    wants(on, 'a', 1, port());
    expect(evicted(on.cycle())).to.deep.equal(['other']);
  });

  it('free one for each member of a gang, or none', () => {
    const on = world(policy('preempt'), 2);
    stands(on, 'one', 'n1', { shape: port() });
    stands(on, 'two', 'n2', { shape: port() });
    wants(on, 'large', 3, port(), NONE, { priorityClassName: 'higher' });
    wants(on, 'a', 2, port());
    const outcome = on.cycle();
    expect([evicted(outcome), outcome.pipelined]).to.deep.equal([['one', 'two'], { 'a-0': 'n1', 'a-1': 'n2' }]);
  });

  it('happen across queues', () => {
    const on = world(policy('reclaim'));
    on.queue('b').queue('default', { deserved: new Map([['cpu', 0]]) });
    stands(on, 'holder', 'n1', { shape: port() });
    wants(on, 'a', 1, port(), NONE, { queue: 'b' });
    expect(evicted(on.cycle())).to.deep.equal(['holder']);
  });

  it('are not asked for again, and keep the port from whoever comes meanwhile', () => {
    const on = world(policy('preempt'));
    stands(on, 'holder', 'n1', { shape: port() });
    wants(on, 'a', 1, port());
    const first = on.cycle();
    const second = on.cycle();
    expect([evicted(second), second.pipelined]).to.deep.equal([[], { 'a-0': 'n1' }]);
    leave(on, first);
    // The successor ranks first, and asks for nothing but the port.
    wants(on, 'successor', 1, port(), NONE, { createdMs: -1 });
    expect(on.cycle().placed).to.deep.equal({ 'a-0': 'n1' });
    expect(on.snapshot.index.portsHeld).to.equal(1);
  });
});

describe('evictions for rules between pods', () => {
  it('take the pod that the anti-affinity of who asks speaks of', () => {
    const on = world(policy('preempt'));
    stands(on, 'worse', 'n1');
    stands(on, 'web', 'n1', { labels: WEB });
    wants(on, 'a', 1, ruled({ antiAffinity: [to(WEB)] }));
    const outcome = on.cycle();
    expect([evicted(outcome), outcome.pipelined]).to.deep.equal([['web'], { 'a-0': 'n1' }]);
  });

  it('take the pod whose own anti-affinity speaks of who asks', () => {
    const on = world(policy('preempt'));
    stands(on, 'worse', 'n1');
    stands(on, 'alone', 'n1', { shape: ruled({ antiAffinity: [to(WEB)] }) });
    wants(on, 'a', 1, makeShape(amounts(1)), WEB);
    expect(evicted(on.cycle())).to.deep.equal(['alone']);
  });

  it('do not happen where a pod of the domain stays that may not go', () => {
    const on = zones(1).node('n9', amounts(4), { labels: new Map([['zone', 'a']]) });
    stands(on, 'web', 'n1', { labels: WEB });
    stands(on, 'equal', 'n9', { labels: WEB, priority: 'high' });
    wants(on, 'a', 1, ruled({ antiAffinity: [to(WEB, 'zone')] }));
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('take a domain for each member of a gang that keeps its pods apart', () => {
    const on = zones(2);
    stands(on, 'one', 'n1', { labels: WEB });
    stands(on, 'two', 'n2', { labels: WEB });
    wants(on, 'a', 2, ruled({ antiAffinity: [to(WEB, 'zone', true)] }), WEB);
    const outcome = on.cycle();
    expect([evicted(outcome), outcome.pipelined]).to.deep.equal([['one', 'two'], { 'a-0': 'n1', 'a-1': 'n2' }]);
  });

  it('take nobody beside whom the pod wants to stand, and nobody for nothing where he would be the first', () => {
    for (const [priority, gone] of [
      ['higher', ['other']],
      ['low', []],
    ] as const) {
      const on = world(policy('preempt'), 0).node('n1', amounts(2));
      stands(on, 'db', 'n1', { labels: DB, priority });
      stands(on, 'other', 'n1', { priority: 'high' });
      wants(on, 'a', 1, ruled({ affinity: [to(DB)] }), NONE, { priorityClassName: 'higher' });
      expect(evicted(on.cycle())).to.deep.equal(gone);
    }
  });

  it('take who makes a domain too full for a spread that must hold', () => {
    const on = zones(2);
    for (const name of ['one', 'two']) stands(on, name, 'n1', { labels: WEB });
    stands(on, 'full', 'n2', { shape: makeShape(amounts(4)), priority: 'high' });
    const { selector, namespaces, namespaceSelector } = to(WEB);
    const spread = {
      topologyKey: 'zone',
      maxSkew: 2,
      minDomains: 1,
      selection: { selector, namespaces, namespaceSelector },
      honorsAffinity: true,
      honorsTaints: false,
      isOwn: true,
    };
    const shape = makeShape(amounts(1), { rules: { affinity: [], antiAffinity: [], spread: [spread] } });
    wants(on, 'a', 1, shape, WEB);
    expect(evicted(on.cycle())).to.have.length(1);
  });

  it('spare whom a budget keeps, and tell so', () => {
    const on = world(policy('preempt'));
    stands(on, 'web', 'n1', { labels: WEB });
    on.snapshot.budgets.upsert({ ...makeBudget('b', 0), selector: to(WEB).selector });
    wants(on, 'a', 1, ruled({ antiAffinity: [to(WEB)] }));
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal([]);
    expect(outcome.refused['a']).to.include('PodDisruptionBudget ns/b');
  });

  it('are not asked for again, and keep the place from pods that would close it', () => {
    const on = world(policy('preempt'));
    stands(on, 'web', 'n1', { labels: WEB });
    wants(on, 'a', 1, ruled({ antiAffinity: [to(WEB)] }));
    const first = on.cycle();
    expect(evicted(first)).to.deep.equal(['web']);
    expect(evicted(on.cycle())).to.deep.equal([]);
    leave(on, first);
    wants(on, 'successor', 1, makeShape(amounts(1)), WEB, { createdMs: -1 });
    expect(on.cycle().placed).to.deep.equal({ 'a-0': 'n1' });
  });

  it('leave nothing of a place that was kept for a pod that is gone', () => {
    const on = world(policy('preempt'));
    stands(on, 'web', 'n1', { labels: WEB });
    wants(on, 'a', 1, ruled({ antiAffinity: [to(WEB)] }));
    leave(on, on.cycle());
    for (const { uid } of on.snapshot.tasks.values()) on.snapshot.removeTask(uid);
    asks(on, 'plain', 1);
    wants(on, 'b', 1, makeShape(amounts(1)), WEB);
    expect(Object.keys(on.cycle().placed).toSorted()).to.deep.equal(['b-0', 'plain-0']);
  });
});
