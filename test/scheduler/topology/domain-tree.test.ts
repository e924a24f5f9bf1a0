import { expect } from 'chai';
import type { HyperNodeRecord } from '../../../src/api/records/hyper-node-record.ts';
import { DomainTree } from '../../../src/scheduler/topology/domain-tree.ts';
import type { Domain } from '../../../src/scheduler/topology/domain.ts';
import { HyperNodeMembership } from '../../../src/scheduler/topology/hyper-node-members.ts';
import { exactly, labelled, makeHyperNode, matching } from '../../support/network.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeNode } from '../../support/records.ts';

const NAMES = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5'];
const NODES = NAMES.map((name, at) => makeNode(name, {}, { labels: new Map([['rack', `r${at % 2}`]]) }));

function grow(...records: readonly HyperNodeRecord[]): DomainTree {
  const byName = new Map(records.map((record) => [record.name, record]));
  return withoutAmbient(() => new DomainTree(new HyperNodeMembership().read(byName, NODES), NODES.length));
}

/** `name:tier(nodes)[those within]`, for the root and all below it. */
function picture(tree: DomainTree, domain: Domain = tree.root): string {
  const nodes = Array.from(tree.order.slice(domain.first, domain.end), (node) => NAMES[node]).join(' ');
  const inner = domain.children.map((child) => picture(tree, child)).join(', ');
  return `${domain.name}:${domain.tier}(${nodes})${inner === '' ? '' : `[${inner}]`}`;
}

const RACKS = [
  makeHyperNode('a', [1, 'rack'], exactly('Node', 'n0'), exactly('Node', 'n3')),
  makeHyperNode('b', [1, 'rack'], matching('Node', '^n[12]$')),
];

describe('the tree of the network', () => {
  const ROWS: readonly (readonly [string, readonly HyperNodeRecord[], string, readonly string[]])[] = [
    ['is the cluster alone without HyperNodes', [], ':0(n0 n1 n2 n3 n4 n5)', []],
    [
      'takes names and expressions, and leaves other nodes to the root',
      RACKS,
      ':2(n0 n3 n1 n2 n4 n5)[a:1(n0 n3), b:1(n1 n2)]',
      [],
    ],
    [
      'takes labels',
      [makeHyperNode('r0', 1, labelled('rack', 'r0')), makeHyperNode('r1', 1, labelled('rack', 'r1'))],
      ':2(n0 n2 n4 n1 n3 n5)[r0:1(n0 n2 n4), r1:1(n1 n3 n5)]',
      [],
    ],
    [
      'is several trees under one root',
      [...RACKS, makeHyperNode('s', 2, exactly('HyperNode', 'a')), makeHyperNode('t', 3, matching('HyperNode', '^b$'))],
      ':4(n0 n3 n1 n2 n4 n5)[s:2(n0 n3)[a:1(n0 n3)], t:3(n1 n2)[b:1(n1 n2)]]',
      [],
    ],
    [
      'takes nodes and HyperNodes side by side',
      [...RACKS, makeHyperNode('s', 2, exactly('HyperNode', 'a'), exactly('Node', 'n5'))],
      ':3(n1 n2 n0 n3 n5 n4)[b:1(n1 n2), s:2(n0 n3 n5)[a:1(n0 n3)]]',
      [],
    ],
    [
      'does not mind what is named again further up',
      [
        ...RACKS,
        makeHyperNode('s', 2, matching('HyperNode', '^[ab]$')),
        makeHyperNode('t', 3, matching('HyperNode', '.'), matching('Node', '.')),
      ],
      ':4(n0 n3 n1 n2 n4 n5)[t:3(n0 n3 n1 n2 n4 n5)[s:2(n0 n3 n1 n2)[a:1(n0 n3), b:1(n1 n2)]]]',
      [],
    ],
    [
      'leaves a HyperNode to the first that names it',
      [
        ...RACKS,
        makeHyperNode('s', 2, matching('HyperNode', '^[ab]$')),
        makeHyperNode('t', 2, matching('HyperNode', 'a')),
      ],
      ':3(n0 n3 n1 n2 n4 n5)[s:2(n0 n3 n1 n2)[a:1(n0 n3), b:1(n1 n2)], t:2()]',
      ['a lies in s, and not in t as well'],
    ],
    [
      'leaves a node to the first that names it',
      [...RACKS, makeHyperNode('c', 1, matching('Node', '^n[2345]$'))],
      ':2(n0 n3 n1 n2 n4 n5)[a:1(n0 n3), b:1(n1 n2), c:1(n4 n5)]',
      ['2 nodes of c count for others that name them, such as b'],
    ],
    [
      'breaks circles by the tiers',
      [
        makeHyperNode('s', 1, exactly('HyperNode', 't'), exactly('Node', 'n0')),
        makeHyperNode('t', 2, exactly('HyperNode', 's'), exactly('HyperNode', 't')),
      ],
      ':3(n0 n1 n2 n3 n4 n5)[t:2(n0)[s:1(n0)]]',
      ['t (tier 2) cannot lie in s (tier 1)'],
    ],
  ];
  for (const [name, records, want, troubles] of ROWS) {
    it(name, () => {
      const tree = grow(...records);
      expect(picture(tree)).to.equal(want);
      expect(tree.troubles).to.deep.equal(troubles);
      expect(grow(...records.toReversed()).equals(tree), 'whatever the order').to.equal(true);
      for (const [node] of NAMES.entries()) expect(tree.order[tree.placeOf(node)]).to.equal(node);
    });
  }

  it('knows what nodes have in common', () => {
    const tree = grow(...RACKS, makeHyperNode('s', [2, 'spine'], matching('HyperNode', '^[ab]$')));
    const common = (...nodes: number[]): string | undefined => tree.common(nodes)?.name;
    expect([common(0), common(0, 3), common(0, 1), common(0, 4), common()]).to.deep.equal([
      'a',
      'a',
      's',
      '',
      undefined,
    ]);
    expect([tree.tierNamed('spine'), tree.tierNamed('rack'), tree.tierNamed('x')]).to.deep.equal([2, 1, undefined]);
  });
});
