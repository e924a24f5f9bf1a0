import { expect } from 'chai';
import { DEFAULT_TIERS, projectDataset } from '../../../src/api/projections/dataset.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const HOST = 'kubernetes.io/hostname';
const METADATA = { name: 'd', namespace: 'ns', uid: 'u', resourceVersion: '7' };

function cachedOf(cached: readonly JsonObject[], spec: JsonObject = {}): unknown {
  return projectDataset({ metadata: METADATA, spec, status: { cached } })?.cached;
}

describe('the record of a Dataset', () => {
  it('has what pods are placed by', () => {
    const spec = { volumeClaim: 'data', fluidDataset: 'f', size: '4Gi' };
    const metadata = { ...METADATA, annotations: { 'sluice.dev/prefetch': '{}' } };
    expect(projectDataset({ metadata, spec })).to.deep.equal({
      key: 'ns/d',
      namespace: 'ns',
      name: 'd',
      uid: 'u',
      resourceVersion: '7',
      tiers: DEFAULT_TIERS,
      cached: [],
      volumeClaim: 'ns/data',
      fluidLabel: 'fluid.io/s-ns-f',
      prefetch: '{}',
    });
  });

  it('reads parts from percents, and from bytes of a known size', () => {
    const cached = [
      { key: HOST, values: ['a'], percent: 25 },
      { key: HOST, values: ['b'], bytes: '1Gi' },
      { key: HOST, values: ['c'], bytes: '9Gi' },
    ];
    expect(cachedOf(cached, { size: '4Gi' })).to.deep.equal([
      { key: HOST, values: ['a'], share: 0.25 },
      { key: HOST, values: ['b'], share: 0.25 },
      { key: HOST, values: ['c'], share: 1 },
    ]);
  });

  it('leaves out what nobody can act on', () => {
    const useless: readonly JsonObject[] = [
      { key: 'elsewhere', values: ['a'], percent: 50 },
      { key: HOST, values: ['a'], percent: 0 },
      { key: HOST, values: [], percent: 50 },
      { key: HOST, values: ['a'], bytes: '1Gi' },
      { key: HOST, percent: 50 },
      { key: HOST, values: [1, null], percent: 50 },
    ];
    expect(cachedOf(useless)).to.deep.equal([]);
  });

  it('keeps the tiers whose weights fall', () => {
    const tiers = [
      { key: 'a', weight: 90 },
      { key: 'b', weight: 95 },
      { key: 'a', weight: 50 },
      { key: 'c', weight: 10 },
      { key: '', weight: 5 },
    ];
    const record = projectDataset({ metadata: METADATA, spec: { tiers } });
    expect(record?.tiers).to.deep.equal([
      { key: 'a', weight: 90 },
      { key: 'c', weight: 10 },
    ]);
  });

  it('is none without name, namespace or UID', () => {
    for (const lacking of ['name', 'namespace', 'uid']) {
      expect(projectDataset({ metadata: { ...METADATA, [lacking]: '' } })).to.equal(undefined);
    }
  });
});
