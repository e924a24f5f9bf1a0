import { expect } from 'chai';
import { formatBindPlan } from '../../../src/api/bind-plan.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { recoverPlan } from '../../../src/engine/lead/recovery.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';

const SHAPE = makeShape({ cpu: 1000 });
const PLAN = formatBindPlan({
  id: 'plan-1',
  epoch: 1,
  atMs: 0,
  binds: ['a', 'b', 'c'].map((name, i) => ({ token: `uid-${name}`, node: `n${i}` })),
});
const GROUP = makePodGroup('g', 3, { bindPlan: PLAN });
const pod = (name: string, overrides: Partial<PodRecord> = {}): PodRecord => makePod(name, 'g', SHAPE, overrides);
const bound = (name: string): PodRecord => pod(name, { nodeName: 'n9' });
const SETTLE = { kind: 'settle', planId: 'plan-1' };

describe('recovery of a bind plan', () => {
  it('does nothing for a group without a plan', () => {
    expect(recoverPlan(makePodGroup('g', 3), [pod('a')])).to.equal(undefined);
  });

  it('lets text go that is not a plan', () => {
    const group = makePodGroup('g', 3, { bindPlan: 'written by hand' });
    expect(recoverPlan(group, [bound('a')])).to.deep.equal({ kind: 'settle', planId: '' });
  });

  it('carries out no plan of a newer version: the gang becomes whole in another way, or is given up', () => {
    const group = makePodGroup('g', 3, { bindPlan: PLAN.replace('"version":1', '"version":2') });
    expect(recoverPlan(group, [bound('a'), pod('b')])).to.deep.equal({ kind: 'settle', planId: '' });
  });

  const settled: readonly (readonly [string, readonly PodRecord[]])[] = [
    ['none is bound', [pod('a'), pod('b'), pod('c')]],
    ['all are bound', [bound('a'), bound('b'), bound('c')]],
    ['all are gone', []],
    ['only a pod is bound that the plan does not name', [bound('z'), pod('a')]],
    ['the bound one is being deleted', [pod('a', { nodeName: 'n0', deleting: true }), pod('b')]],
    ['the others are being deleted', [bound('a'), pod('b', { deleting: true })]],
    ['the others have ended', [bound('a'), pod('b', { phase: 'Failed' }), pod('c', { phase: 'Succeeded' })]],
  ];
  for (const [name, pods] of settled) {
    it(`binds nothing when ${name}`, () => {
      expect(recoverPlan(GROUP, pods)).to.deep.equal(SETTLE);
    });
  }

  it('sends the others to their planned nodes when some are bound', () => {
    expect(recoverPlan(GROUP, [pod('c'), bound('b'), pod('a'), pod('z')])).to.deep.equal({
      kind: 'finish',
      planId: 'plan-1',
      gang: {
        kind: 'gang',
        group: 'ns/g',
        minMember: 3,
        binds: [
          { kind: 'bind', uid: 'uid-c', pod: 'ns/c', node: 'n2' },
          { kind: 'bind', uid: 'uid-a', pod: 'ns/a', node: 'n0' },
        ],
      },
    });
  });

  it('names the cards that were planned', () => {
    const cards = [[{ card: 'GPU-a', memory: 5, cores: 0 }], []];
    const binds = [
      { token: 'uid-a', node: 'n1', cards },
      { token: 'uid-b', node: 'n1' },
    ];
    const bindPlan = formatBindPlan({ id: 'plan-1', epoch: 1, atMs: 0, binds });
    const step = recoverPlan(makePodGroup('g', 2, { bindPlan }), [pod('a'), bound('b')]);
    expect(step?.kind === 'finish' ? step.gang.binds : step).to.deep.equal([
      { kind: 'bind', uid: 'uid-a', pod: 'ns/a', node: 'n1', cards },
    ]);
  });
});
