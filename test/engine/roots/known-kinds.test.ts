import { expect } from 'chai';
import type { WorkloadKindRecord } from '../../../src/api/records/workload-kind-record.ts';
import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';
import { KnownKinds } from '../../../src/engine/roots/known-kinds.ts';

function spec(resource: string, overrides: Partial<WorkloadKindSpec> = {}): WorkloadKindSpec {
  return { group: 'example.org', versions: ['v1'], kind: resource, resource, grouping: 'Workload', ...overrides };
}

function manifest(of: WorkloadKindSpec): WorkloadKindRecord {
  return { name: `${of.resource}.${of.group}`, resourceVersion: '1', spec: of };
}

describe('the workload kinds that are known', () => {
  const TORCH = spec('torches');
  const RAY = spec('rays');

  it('are those that Sluice brings, before any manifest was listed', () => {
    const kinds = new KnownKinds([TORCH, RAY]);
    expect(kinds.isListed).to.equal(false);
    expect(kinds.all()).to.deep.equal([TORCH, RAY]);
  });

  it('are those of manifests as well, by name, as long as they are there', () => {
    const kinds = new KnownKinds([TORCH]);
    const [a, b] = [spec('a'), spec('b')];
    kinds.apply([{ kind: 'replace', records: [manifest(b), manifest(a)] }]);
    expect(kinds.isListed).to.equal(true);
    expect(kinds.all()).to.deep.equal([TORCH, a, b]);
    kinds.apply([{ kind: 'delete', record: manifest(a) }]);
    expect(kinds.all()).to.deep.equal([TORCH, b]);
  });

  it('take a manifest in place of what Sluice brings of the same name, until it goes', () => {
    const kinds = new KnownKinds([TORCH, RAY]);
    const mine = spec('torches', { grouping: 'Pod' });
    kinds.apply([{ kind: 'replace', records: [manifest(mine)] }]);
    expect(kinds.all()).to.deep.equal([RAY, mine]);
    kinds.apply([{ kind: 'replace', records: [] }]);
    expect(kinds.all()).to.deep.equal([TORCH, RAY]);
  });

  it('tell one of another group apart', () => {
    const kinds = new KnownKinds([TORCH]);
    const other = spec('torches', { group: 'example.com' });
    kinds.apply([{ kind: 'upsert', record: manifest(other) }]);
    expect(kinds.all()).to.deep.equal([TORCH, other]);
  });
});
