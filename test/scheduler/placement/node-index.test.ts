import { expect } from 'chai';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type { TaintRecord } from '../../../src/api/records/scheduling-shape.ts';
import { NodeIndex } from '../../../src/scheduler/placement/node-index.ts';
import { makeNode } from '../../support/records.ts';

const TURNS = 10_000;

function node(name: string, labels: Readonly<Record<string, string>>, taints: readonly TaintRecord[] = []): NodeRecord {
  return makeNode(name, {}, { labels: new Map(Object.entries(labels)), taints });
}

function taint(key: string, value = ''): TaintRecord {
  return { key, value, effect: 'NoSchedule' };
}

describe('what nodes are', () => {
  it('leaves nothing of 10,000 values that a label had', () => {
    const index = new NodeIndex();
    let old = node('n1', { zone: 'a', beat: '0' });
    index.reset([old, node('n2', { zone: 'a' })]);
    for (let i = 1; i <= TURNS; i += 1) {
      const next = node('n1', { zone: 'a', beat: String(i), [`key-${i}`]: '' });
      index.update(0, old, next);
      old = next;
    }
    expect(index.labelValues).to.equal(3);
    expect([0, 1].map((n) => index.withLabel('zone', 'a').has(n))).to.deep.equal([true, true]);
    expect(index.withLabel('beat', String(TURNS)).has(0)).to.equal(true);
    expect(index.withLabel('beat', '1').isEmpty()).to.equal(true);
  });

  it('keeps nothing of labels that pods only ask for', () => {
    const index = new NodeIndex();
    index.reset([node('n1', { zone: 'a' })]);
    for (let i = 0; i < TURNS; i += 1) {
      index.withLabel('zone', `v${i}`);
      index.matching({ labels: [{ key: `k${i}`, operator: 'In', values: ['x'] }], fields: [] });
    }
    expect(index.labelValues).to.equal(1);
  });

  it('leaves nothing of 10,000 taints that came and went', () => {
    const index = new NodeIndex();
    let old = node('n1', {}, [taint('stays')]);
    index.reset([old, node('n2', {}, [taint('stays')])]);
    for (let i = 0; i < TURNS; i += 1) {
      const next = node('n1', {}, [taint('stays'), taint('goes', String(i))]);
      index.update(0, old, next);
      old = next;
    }
    index.update(0, old, node('n1', {}));
    expect([...index.taints()].map(({ taint: { key }, nodes }) => [key, nodes.has(0), nodes.has(1)])).to.deep.equal([
      ['stays', false, true],
    ]);
  });

  it('leaves nothing of 10,000 host ports that were given back', () => {
    const index = new NodeIndex();
    index.reset([node('n1', {}), node('n2', {})]);
    const kept = { protocol: 'TCP', port: 80, ip: '0.0.0.0' };
    index.claimPorts(0, [kept], true);
    for (let i = 0; i < TURNS; i += 1) {
      const ports = [
        { ...kept, ip: `10.0.${i >> 8}.${i & 255}` },
        { ...kept, port: i + 1000 },
      ];
      for (const isTaken of [true, false]) index.claimPorts(1, ports, isTaken);
    }
    expect(index.portsHeld).to.equal(1);
    expect([0, 1].map((n) => index.portsFree(n, [kept]))).to.deep.equal([false, true]);
  });
});
