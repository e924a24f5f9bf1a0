import { expect } from 'chai';
import { kindId, ServedKinds } from '../../../src/engine/roots/served-kinds.ts';
import type { KnownKind, ServedKind } from '../../../src/engine/roots/served-kinds.ts';
import { settled } from '../../support/controller-ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { FakeDiscovery, kindOf, known } from '../../support/workload-kinds.ts';

const TORCH = kindOf('kubeflow.org', 'v1', 'PyTorchJob');
const MPI = kindOf('kubeflow.org', 'v2beta1', 'MPIJob');
const RAY = kindOf('ray.io', 'v1', 'RayCluster');

describe('which workload kinds are served', () => {
  let clock: ManualClock;
  let discovery: FakeDiscovery;
  let kinds: ServedKinds<KnownKind>;
  /** What was told, one text a time. */
  let told: string[];

  beforeEach(() => {
    clock = new ManualClock();
    discovery = new FakeDiscovery();
    told = [];
    const onChange = (served: readonly ServedKind<KnownKind>[]): void =>
      void told.push(served.map(({ type }) => kindId(type)).join(' '));
    kinds = new ServedKinds({ discovery, clock, onChange });
    kinds.know([known(TORCH), known(MPI), known(RAY, 'v1alpha1')]);
  });

  async function after(ms: number): Promise<void> {
    for (let left = ms; left >= 0; left -= 100) {
      clock.advance(Math.min(100, left));
      await settled();
    }
  }

  it('is told once, even when there is none', async () => {
    expect(kinds.isLearned).to.equal(false);
    await after(60_000);
    expect(told).to.deep.equal(['']);
    expect(kinds.isLearned).to.equal(true);
  });

  it('follows definitions as they come and go', async () => {
    discovery.serve(RAY);
    await after(0);
    discovery.serve(TORCH);
    kinds.onDefinition('pytorchjobs.kubeflow.org');
    await after(0);
    discovery.served.delete('ray.io/v1');
    kinds.onDefinition('rayclusters.ray.io');
    await after(0);
    expect(told).to.deep.equal([
      'rayclusters.ray.io/v1',
      'pytorchjobs.kubeflow.org/v1 rayclusters.ray.io/v1',
      'pytorchjobs.kubeflow.org/v1',
    ]);
  });

  it('looks again for a while, since a definition is there before it is served', async () => {
    await after(10_000);
    kinds.onDefinition('rayclusters.ray.io');
    await after(200);
    discovery.serve(RAY);
    await after(1500);
    expect(told.at(-1)).to.equal('rayclusters.ray.io/v1');
  });

  it('does not ask because of definitions of others', async () => {
    await after(10_000);
    const before = discovery.asked;
    for (let i = 0; i < 100; i += 1) kinds.onDefinition(`things${i}.example.org`);
    await after(1000);
    expect(discovery.asked).to.equal(before);
  });

  it('finds what comes without a definition half a minute later', async () => {
    await after(10_000);
    discovery.serve(RAY);
    await after(30_000);
    expect(told.at(-1)).to.equal('rayclusters.ray.io/v1');
  });

  it('takes a kind in another version, of another name or for the whole cluster for another one', async () => {
    discovery.serve({ ...TORCH, version: 'v2' });
    discovery.serve({ ...MPI, kind: 'OtherJob' });
    discovery.serve({ ...RAY, namespaced: false });
    await after(0);
    expect(told).to.deep.equal(['']);
  });

  it('takes the version that is preferred of those that are served', async () => {
    const old = { ...RAY, version: 'v1alpha1' };
    discovery.serve(old);
    await after(0);
    discovery.serve(RAY);
    kinds.onDefinition('rayclusters.ray.io');
    await after(0);
    expect(told).to.deep.equal(['rayclusters.ray.io/v1alpha1', 'rayclusters.ray.io/v1']);
  });

  it('leaves everything as it was while the server says nothing', async () => {
    discovery.serve(RAY, TORCH);
    await after(0);
    discovery.isSilent = true;
    await after(60_000);
    discovery.isSilent = false;
    discovery.served.set('ray.io/v1', undefined);
    await after(60_000);
    expect(told).to.have.length(1);
  });

  it('learns of kinds that are known later', async () => {
    discovery.serve(RAY, kindOf('example.org', 'v1', 'Thing'));
    await after(0);
    kinds.know([known(RAY), known(kindOf('example.org', 'v1', 'Thing'))]);
    await after(0);
    expect(told).to.deep.equal(['rayclusters.ray.io/v1', 'rayclusters.ray.io/v1 things.example.org/v1']);
  });

  it('asks nothing any more once it is stopped', async () => {
    await after(0);
    const before = discovery.asked;
    kinds.stop();
    kinds.onDefinition('rayclusters.ray.io');
    await after(60_000);
    expect(discovery.asked).to.equal(before);
    expect(clock.pending).to.equal(0);
  });
});
