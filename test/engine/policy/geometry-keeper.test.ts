import { expect } from 'chai';
import type { Complaint } from '../../../src/api/controller-settings.ts';
import { GeometryKeeper } from '../../../src/engine/policy/geometry-keeper.ts';
import { A100_GEOMETRIES } from '../../support/mig-geometries.ts';

const COMPLAINT: Complaint = {
  code: 'ConfigurationRefused',
  problem: 'wrong',
  object: { namespace: 'kube-system', name: 'cut', uid: 'u1' },
};

/** What was learnt and what was told, in their order. */
function bench() {
  const done: string[] = [];
  const keeper = new GeometryKeeper({
    learn: ({ source, models }) => void done.push(`${source}: ${models?.length}`),
    events: {
      record: ({ name }, type, reason, _, note) => void done.push(`${name} ${type} ${reason}: ${note}`),
      forget: (uid) => void done.push(`forget ${uid}`),
    },
  });
  return { keeper, done };
}

describe('what is said of how cards are cut', () => {
  it('is handed on once for each change of it, with who says it', () => {
    const { keeper, done } = bench();
    const said = { value: A100_GEOMETRIES, complaint: undefined };
    keeper.take('a', said);
    keeper.take('a', { ...said, value: structuredClone(A100_GEOMETRIES) });
    keeper.take('a', { ...said, value: undefined });
    keeper.take('b', { ...said, value: undefined });
    expect(done).to.deep.equal(['a: 1', 'a: undefined', 'b: undefined']);
  });

  it('has its mistakes told on the ConfigMap, and again by who begins to lead, until it is right', () => {
    const { keeper, done } = bench();
    const event =
      'cut Warning ConfigurationRefused: The configuration has mistakes; the one before stays in force. wrong';
    keeper.take('a', { value: A100_GEOMETRIES, complaint: COMPLAINT });
    keeper.take('a', { value: A100_GEOMETRIES, complaint: { ...COMPLAINT } });
    keeper.start();
    keeper.take('a', { value: A100_GEOMETRIES, complaint: undefined });
    keeper.start();
    expect(done).to.deep.equal(['a: 1', event, event, 'forget u1']);
  });
});
