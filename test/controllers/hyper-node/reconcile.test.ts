import { expect } from 'chai';
import { projectHyperNode } from '../../../src/api/projections/hyper-node.ts';
import type { HyperNodeRecord } from '../../../src/api/records/hyper-node-record.ts';
import { above, holdersOf } from '../../../src/controllers/hyper-node/nodes-of.ts';
import { reconcileHyperNode } from '../../../src/controllers/hyper-node/reconcile.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeNode } from '../../support/records.ts';

function hyperNode(name: string, members: readonly JsonObject[], nodeCount?: number): HyperNodeRecord {
  const status = nodeCount === undefined ? {} : { nodeCount };
  const record = projectHyperNode({
    metadata: { name, uid: name, resourceVersion: '3' },
    spec: { tier: 1, members },
    status,
  });
  if (record === undefined) throw new Error(name);
  return record;
}

const exact = (type: string, name: string): JsonObject => ({ type, selector: { exactMatch: { name } } });
const regex = (type: string, pattern: string): JsonObject => ({ type, selector: { regexMatch: { pattern } } });
const labelled = (rack: string): JsonObject => ({ type: 'Node', selector: { labelMatch: { matchLabels: { rack } } } });

const NODES = [1, 2, 3, 4, 5].map((number) => ({
  ...makeNode(`n${number}`, {}),
  labels: new Map([['rack', number < 4 ? 'a' : 'b']]),
}));

/** The count that is written; undefined for none. A second look writes nothing. */
function written(name: string, hyperNodes: readonly HyperNodeRecord[]): unknown {
  const one = hyperNodes.find((found) => found.name === name);
  if (one === undefined) throw new Error(name);
  const [effect] = withoutAmbient(() => reconcileHyperNode({ hyperNode: one, hyperNodes, nodes: NODES }));
  if (effect === undefined) return undefined;
  if (effect.kind !== 'patchStatus') throw new Error(effect.kind);
  expect(effect.precondition).to.deep.equal({ uid: name, resourceVersion: '3' });
  const { nodeCount } = (effect.body as { status: { nodeCount: number } }).status;
  expect(reconcileHyperNode({ hyperNode: { ...one, nodeCount }, hyperNodes, nodes: NODES })).to.deep.equal([]);
  return nodeCount;
}

describe('the nodes of a HyperNode', () => {
  const RACKS = [hyperNode('rack-a', [labelled('a')]), hyperNode('rack-b', [labelled('b')])];
  const rows: Readonly<Record<string, readonly [members: readonly JsonObject[], want: number | undefined]>> = {
    'are those that it names, as far as they exist': [[exact('Node', 'n1'), exact('Node', 'n9')], 1],
    'are counted once, however often they are meant': [
      [exact('Node', 'n1'), regex('Node', '^n[12]$'), labelled('a')],
      3,
    ],
    'are those in whose name a pattern is found': [[regex('Node', '[45]')], 2],
    'are those of the HyperNodes in it, too': [[regex('HyperNode', '^rack-'), exact('Node', 'n1')], 5],
    'are none where a pattern cannot be read': [[regex('Node', '(')], 0],
    'are none where a HyperNode does not exist': [[exact('HyperNode', 'rack-c')], 0],
    'are counted though it holds itself': [[exact('HyperNode', 'top'), exact('Node', 'n5')], 1],
    'are written when their number changed, and only then': [[labelled('a')], 3],
  };
  for (const [name, [members, want]] of Object.entries(rows)) {
    it(name, () => {
      expect(written('top', [hyperNode('top', members), ...RACKS])).to.equal(want);
      expect(written('top', [hyperNode('top', members, want), ...RACKS])).to.equal(undefined);
    });
  }

  it('wake all that hold them, directly or not', () => {
    const top = hyperNode('top', [regex('HyperNode', '^rack-')]);
    const all = [top, ...RACKS, hyperNode('other', [exact('Node', 'n4')])];
    const [first] = NODES;
    if (first === undefined) throw new Error('no node');
    expect(holdersOf(first, all)).to.deep.equal(['rack-a', 'top']);
    expect(above('rack-b', all)).to.deep.equal(['rack-b', 'top']);
  });
});
