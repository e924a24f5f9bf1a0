import { expect } from 'chai';
import fc from 'fast-check';
import { projectHyperNode } from '../../../src/api/projections/hyper-node.ts';
import type { HyperNodeRecord } from '../../../src/api/records/hyper-node-record.ts';
import type { WriteEffect } from '../../../src/controllers/effect.ts';
import { reconcileNetwork } from '../../../src/controllers/hyper-node-discovery/reconcile.ts';
import type { ObservedNetwork } from '../../../src/controllers/hyper-node-discovery/reconcile.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { arrayAt, numberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import { withoutAmbient } from '../../support/pure.ts';

const TOPOLOGY = { name: 't', keys: ['rack', 'spine'] };
type Node = ObservedNetwork['nodes'][number];
const node = (name: string, labels: Readonly<Record<string, string>>): Node => ({
  name,
  labels: new Map(Object.entries(labels)),
});

function record(body: unknown, uid: string): HyperNodeRecord {
  const metadata = { ...objectAt(body, 'metadata'), uid, resourceVersion: '5' };
  const made = projectHyperNode({ metadata, spec: objectAt(body, 'spec') });
  if (made === undefined) throw new Error(uid);
  return made;
}

function writesOf(nodes: readonly Node[], hyperNodes: readonly HyperNodeRecord[]): readonly WriteEffect[] {
  const effects = withoutAmbient(() => reconcileNetwork({ topologies: [TOPOLOGY], nodes, hyperNodes }));
  return effects.flatMap((effect) => (effect.kind === 'together' ? effect.writes : []));
}

/** What is there once all writes were done. */
function after(hyperNodes: readonly HyperNodeRecord[], writes: readonly WriteEffect[]): readonly HyperNodeRecord[] {
  const byName = new Map(hyperNodes.map((one) => [one.name, one]));
  for (const write of writes) {
    const before = byName.get(write.name);
    if (write.kind === 'delete') byName.delete(write.name);
    if (write.kind === 'create') byName.set(write.name, record(write.body, `uid-${write.name}`));
    if (write.kind === 'patch' && before !== undefined) {
      const metadata = { name: before.name, labels: Object.fromEntries(before.labels) };
      byName.set(write.name, record({ metadata, spec: write.body['spec'] ?? null }, before.uid));
    }
  }
  return [...byName.values()];
}

/** `tier tierName [label] members`, where members that are HyperNodes are told by the value of their label. */
function inWords(hyperNodes: readonly HyperNodeRecord[]): readonly string[] {
  const valueOf = new Map(
    hyperNodes.map(({ name, labels, spec }) => [name, labels.get(stringAt(spec, ['tierName'])) ?? name]),
  );
  return hyperNodes.map(({ name, spec, labels }) => {
    const members = arrayAt(spec, 'members').map((each) => stringAt(each, ['selector', 'exactMatch', 'name']));
    const source = labels.get('volcano.sh/network-topology-source') ?? 'nobody';
    const names = members.map((each) => valueOf.get(each) ?? each).toSorted();
    return `${numberAt(spec, ['tier'], 0)} ${stringAt(spec, ['tierName'])}=${valueOf.get(name)} by ${source}: ${names.join(',')}`;
  });
}

const FOUR = [
  node('n1', { rack: 'r1', spine: 's1' }),
  node('n2', { rack: 'r1', spine: 's1' }),
  node('n3', { rack: 'r2', spine: 's1' }),
  node('n4', { rack: 'r3' }),
  node('n5', {}),
];

describe('HyperNodes that labels of nodes tell of', () => {
  const first = after([], writesOf(FOUR, []));

  it('are made tier by tier, up to the first label that a node lacks', () => {
    expect(inWords(first)).to.deep.equal([
      '1 rack=r1 by label: n1,n2',
      '2 spine=s1 by label: r1,r2',
      '1 rack=r2 by label: n3',
      '1 rack=r3 by label: n4',
    ]);
  });

  it('are called by their topology and tier', () => {
    for (const { name } of first) expect(name).to.match(/^hypernode-t-tier[12]-[0-9a-z]{5}$/);
  });

  it('are left alone once they are there', () => expect(writesOf(FOUR, first)).to.deep.equal([]));

  it('follow the labels: a part grows, another one goes', () => {
    const moved = [...FOUR.slice(0, 2), node('n3', { rack: 'r1', spine: 's1' }), ...FOUR.slice(3)];
    const writes = writesOf(moved, first);
    expect(writes.map(({ kind }) => kind)).to.deep.equal(['patch', 'patch', 'delete']);
    expect(inWords(after(first, writes))).to.deep.equal([
      '1 rack=r1 by label: n1,n2,n3',
      '2 spine=s1 by label: r1',
      '1 rack=r3 by label: n4',
    ]);
  });

  it('keep the names that they have, whoever gave them', () => {
    const [rack] = first;
    if (rack === undefined) throw new Error('no rack');
    const other = { ...rack, name: 'hypernode-t-tier1-zzzzz' };
    const writes = writesOf(FOUR, [other, ...first.slice(1)]);
    expect(writes.map(({ kind, name }) => `${kind} ${name.slice(0, 17)}`)).to.deep.equal(['patch hypernode-t-tier2']);
  });

  it('never take the name of one that people made, which stays', () => {
    const [rack] = first;
    if (rack === undefined) throw new Error('no rack');
    const byHand: JsonObject = { metadata: { name: rack.name }, spec: { tier: 1, members: [] } };
    const hand = record(byHand, 'hand');
    const writes = writesOf(FOUR, [hand]);
    expect(writes.map(({ kind }) => kind)).to.deep.equal(['create', 'create', 'create', 'create']);
    expect(writes.map(({ name }) => name)).to.not.include(rack.name);
  });

  it('that go already are made anew under other names', () => {
    const going = first.map((one) => ({ ...one, deleting: true }));
    const writes = writesOf(FOUR, going);
    expect(writes.filter(({ kind }) => kind === 'create')).to.have.length(4);
    expect(writes.filter(({ name }) => going.some((one) => one.name === name))).to.deep.equal([]);
  });

  it('are as if they had been made at once, whatever the nodes were before', () => {
    const value = fc.constantFrom('a', 'b', 'c');
    const labels = fc.record({ rack: value, spine: value }, { requiredKeys: [] });
    const nodes = fc
      .array(labels, { maxLength: 8 })
      .map((all) => all.map((each, at) => node(`n${at}`, each as Record<string, string>)));
    fc.assert(
      fc.property(nodes, nodes, (before, now) => {
        const older = after([], writesOf(before, []));
        const newer = after(older, writesOf(now, older));
        expect(inWords(newer).toSorted()).to.deep.equal(inWords(after([], writesOf(now, []))).toSorted());
        expect(writesOf(now.toReversed(), newer)).to.deep.equal([]);
      }),
    );
  });
});
