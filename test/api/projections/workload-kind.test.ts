import { expect } from 'chai';
import { projectWorkloadKind } from '../../../src/api/projections/workload-kind.ts';

const SPEC = { group: 'example.org', versions: ['v1'], kind: 'Study', resource: 'studies', grouping: 'Workload' };

function manifest(name: string, spec: unknown): unknown {
  return {
    apiVersion: 'sluice.dev/v1alpha1',
    kind: 'WorkloadKind',
    metadata: { name, uid: 'u', resourceVersion: '7' },
    spec,
  };
}

describe('the record of a WorkloadKind', () => {
  it('has its spec as it is written', () => {
    expect(projectWorkloadKind(manifest('studies.example.org', SPEC))).to.deep.equal({
      name: 'studies.example.org',
      resourceVersion: '7',
      spec: SPEC,
    });
  });

  const others: Record<string, unknown> = {
    'one that has the name of another kind': manifest('things.example.org', SPEC),
    'one without a spec': manifest('studies.example.org', undefined),
    'one whose spec the schema does not allow': manifest('studies.example.org', { ...SPEC, grouping: 'Sometimes' }),
    'what is no object': 7,
  };
  for (const [name, raw] of Object.entries(others)) {
    it(`is none for ${name}`, () => {
      expect(projectWorkloadKind(raw)).to.equal(undefined);
    });
  }
});
