import { expect } from 'chai';
import { RootIndex } from '../../../src/engine/roots/root-index.ts';
import { kindOf, makeRoot } from '../../support/workload-kinds.ts';

const TORCH = kindOf('kubeflow.org', 'v1', 'PyTorchJob');
const RAY = kindOf('ray.io', 'v1', 'RayCluster');

describe('the index of roots', () => {
  it('finds an object of any kind by its UID, and by its name within its kind', () => {
    const index = new RootIndex();
    index.apply(TORCH, [{ kind: 'replace', records: [makeRoot(TORCH, 'a'), makeRoot(TORCH, 'b')] }]);
    index.apply(RAY, [{ kind: 'upsert', record: makeRoot(RAY, 'a', { uid: 'ray-a' }) }]);
    expect(index.get('uid-b')?.name).to.equal('b');
    expect(index.get('ray-a')?.kind).to.equal('RayCluster');
    expect(index.named(TORCH, 'ns', 'a')?.uid).to.equal('uid-a');
    expect(index.named(RAY, 'ns', 'a')?.uid).to.equal('ray-a');
    expect(index.named(RAY, 'ns', 'b')).to.equal(undefined);
    expect(index.get('nobody')).to.equal(undefined);
  });

  it('forgets what is deleted, and a whole kind that is empty from now on', () => {
    const index = new RootIndex();
    index.apply(TORCH, [{ kind: 'replace', records: [makeRoot(TORCH, 'a'), makeRoot(TORCH, 'b')] }]);
    index.apply(RAY, [{ kind: 'upsert', record: makeRoot(RAY, 'c') }]);
    index.apply(TORCH, [{ kind: 'delete', record: makeRoot(TORCH, 'a') }]);
    expect([...index.values()].map(({ name }) => name)).to.deep.equal(['b', 'c']);
    index.apply(TORCH, [{ kind: 'replace', records: [] }]);
    expect([...index.values()].map(({ name }) => name)).to.deep.equal(['c']);
  });

  it('tells of a namesake as of one that went and one that came', () => {
    const steps: string[] = [];
    const index = new RootIndex((type, before, after) => {
      steps.push(`${type.kind} ${before?.uid ?? '-'} ${after?.uid ?? '-'}`);
    });
    index.apply(TORCH, [{ kind: 'upsert', record: makeRoot(TORCH, 'a') }]);
    index.apply(TORCH, [{ kind: 'upsert', record: makeRoot(TORCH, 'a', { uid: 'second' }) }]);
    index.apply(TORCH, [{ kind: 'upsert', record: makeRoot(TORCH, 'a', { uid: 'second', queue: 'q' }) }]);
    expect(steps).to.deep.equal([
      'PyTorchJob - uid-a',
      'PyTorchJob uid-a -',
      'PyTorchJob - second',
      'PyTorchJob second second',
    ]);
    expect(index.get('uid-a')).to.equal(undefined);
  });
});
