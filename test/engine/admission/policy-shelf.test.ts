import { expect } from 'chai';
import { projectPolicy } from '../../../src/api/projections/policy.ts';
import type { PolicyRecord } from '../../../src/api/records/policy-record.ts';
import { PolicyShelf } from '../../../src/engine/admission/policy-shelf.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';

const BROKEN = { set: { labels: { values: { 'kubernetes.io/x': 'y' } } } };

function record(name: string, spec: JsonObject, over: Partial<PolicyRecord> = {}): PolicyRecord {
  const found = projectPolicy({ metadata: { name, uid: 'u' }, spec });
  if (found === undefined) throw new Error('no record');
  return { ...found, ...over };
}

const queue = (name: string): JsonObject => ({ set: { queue: { name } } });

function queues(shelf: PolicyShelf): readonly (string | undefined)[] {
  return shelf.set.policies.map(({ settings }) => settings.queue?.value);
}

describe('the policies in force', () => {
  it('are the last forms that could be read, for as long as the policies are there', () => {
    const shelf = new PolicyShelf();
    const take = shelf.source();
    take([{ kind: 'replace', records: [record('a', queue('x')), record('b', BROKEN)] }]);
    expect(queues(shelf)).to.deep.equal(['x']);
    take([
      { kind: 'upsert', record: record('a', queue('y')) },
      { kind: 'upsert', record: record('a', BROKEN) },
    ]);
    expect(queues(shelf)).to.deep.equal(['y']);
    take([{ kind: 'replace', records: [record('a', BROKEN)] }]);
    expect(queues(shelf)).to.deep.equal(['y']);
    take([{ kind: 'delete', record: record('a', BROKEN) }]);
    expect(queues(shelf)).to.deep.equal([]);
  });

  it('are those that a status keeps, where a policy could not be read since this process began', () => {
    const kept = (spec: string): PolicyRecord => {
      const raw = { metadata: { name: 'a', uid: 'u' }, spec: BROKEN, status: { inForceSpec: spec } };
      return record('a', BROKEN, projectPolicy(raw));
    };
    const shelf = new PolicyShelf();
    const take = shelf.source();
    for (const text of ['', '{', 'null', '{"set":1}', JSON.stringify(BROKEN)]) {
      take([{ kind: 'replace', records: [kept(text)] }]);
      expect(queues(shelf), text).to.deep.equal([]);
    }
    take([{ kind: 'replace', records: [kept(JSON.stringify(queue('x')))] }]);
    expect(queues(shelf)).to.deep.equal(['x']);
    take([
      { kind: 'upsert', record: record('a', queue('y')) },
      { kind: 'upsert', record: kept(JSON.stringify(queue('x'))) },
    ]);
    expect(queues(shelf)).to.deep.equal(['y']);
  });

  it('are made ready once, however often their status is written', () => {
    const shelf = new PolicyShelf();
    const take = shelf.source();
    take([{ kind: 'replace', records: [record('a', queue('x'))] }]);
    const { set } = shelf;
    take([{ kind: 'upsert', record: record('a', queue('x'), { observedGeneration: 1 }) }]);
    expect(shelf.set).to.equal(set);
  });

  it('are counted: what cannot be read, what conflicts, and since when one is only tried', () => {
    const metrics = new RecordingMetrics();
    const shelf = new PolicyShelf(metrics);
    const take = shelf.source();
    const trial = { ...queue('z'), enforcement: 'DryRun' };
    const records = [
      record('a', queue('x')),
      record('b', queue('y')),
      record('c', BROKEN),
      record('d', trial, { editedMs: 5000 }),
    ];
    take([{ kind: 'replace', records }]);
    expect(shelf.set.conflicts.size).to.equal(2);
    expect(metrics.value('sluice_workload_policy_unreadable', {})).to.equal(1);
    expect(metrics.value('sluice_workload_policy_conflicts', {})).to.equal(3);
    expect(metrics.value('sluice_workload_policy_dry_run_since_seconds', { policy: 'd' })).to.equal(5);
    take([{ kind: 'upsert', record: record('d', queue('z')) }]);
    expect(metrics.value('sluice_workload_policy_dry_run_since_seconds', { policy: 'd' })).to.equal(0);
  });
});
