import { expect } from 'chai';
import { NO_SUBMITTER_KEYS } from '../../../src/api/submitter-claim.ts';
import { NO_SETTINGS } from '../../../src/api/controller-settings.ts';
import { MAX_LISTED_JOBS } from '../../../src/api/limits.ts';
import { projectJobtemplate } from '../../../src/api/projections/jobflow.ts';
import type { JobtemplateRecord } from '../../../src/api/records/jobtemplate-record.ts';
import type { VcjobRecord } from '../../../src/api/records/vcjob-record.ts';
import { projectVcjob } from '../../../src/api/projections/vcjob.ts';
import { WATCHED_JOBTEMPLATES, WATCHED_VCJOBS } from '../../../src/api/watched-kinds.ts';
import type { KindIndex, KindView, Watch } from '../../../src/controllers/controller.ts';
import { JOBTEMPLATE } from '../../../src/controllers/jobtemplate/controller.ts';
import { reconcileJobtemplate } from '../../../src/controllers/jobtemplate/reconcile.ts';
import { objectAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { withoutAmbient } from '../../support/pure.ts';

function template(jobs: readonly string[] = [], over: JsonObject = {}): JobtemplateRecord {
  const metadata = { name: 't', namespace: 'ns', uid: 'u', resourceVersion: '7', ...over };
  const record = projectJobtemplate({ metadata, spec: {}, status: { jobDependsOnList: [...jobs] } });
  if (record === undefined) throw new Error('no record');
  return record;
}

/** What is written; undefined for nothing. A second look at it writes nothing. */
function written(before: JobtemplateRecord, jobs: readonly string[]): JsonValue | undefined {
  const [effect] = withoutAmbient(() => reconcileJobtemplate({ template: before, jobs }));
  if (effect === undefined) return undefined;
  if (effect.kind !== 'patchStatus') throw new Error(effect.kind);
  expect(effect.precondition).to.deep.equal({ uid: 'u', resourceVersion: '7' });
  const list = objectAt(effect.body, 'status')['jobDependsOnList'] as readonly string[] | null;
  expect(reconcileJobtemplate({ template: template(list ?? []), jobs }), 'a second look').to.deep.equal([]);
  return list;
}

describe('the status of a JobTemplate', () => {
  const many = Array.from({ length: MAX_LISTED_JOBS + 5 }, (_, index) => `job-${String(index).padStart(4, '0')}`);
  const rows: Readonly<
    Record<string, { template: JobtemplateRecord; jobs: readonly string[]; want: JsonValue | undefined }>
  > = {
    'says nothing where there are no jobs': { template: template(), jobs: [], want: undefined },
    'lists jobs by name': { template: template(), jobs: ['b', 'a'], want: ['a', 'b'] },
    'is left alone while it is right': { template: template(['a', 'b']), jobs: ['b', 'a'], want: undefined },
    'forgets what is gone': { template: template(['a', 'b']), jobs: ['b'], want: ['b'] },
    'forgets the last one, too': { template: template(['a']), jobs: [], want: null },
    'lists no more than it has room for': { template: template(), jobs: many, want: many.slice(0, MAX_LISTED_JOBS) },
    'is left alone on one that goes': {
      template: template([], { deletionTimestamp: '2030-01-01T00:00:00Z' }),
      jobs: ['a'],
      want: undefined,
    },
  };
  for (const [name, row] of Object.entries(rows)) {
    it(name, () => expect(written(row.template, row.jobs)).to.deep.equal(row.want));
  }
});

describe('the controller of JobTemplates', () => {
  function job(name: string, namespace: string, origin: string): NonNullable<ReturnType<typeof projectVcjob>> {
    const annotations = { 'volcano.sh/createdByJobTemplate': origin };
    const record = projectVcjob({ metadata: { name, namespace, uid: name, resourceVersion: '1', annotations } });
    if (record === undefined) throw new Error('no record');
    return record;
  }

  it('counts the jobs of its namespace that say so', () => {
    const jobs = [job('a', 'ns', 'ns.t'), job('b', 'other', 'ns.t'), job('c', 'ns', 'ns.u'), job('d', 'ns', '')];
    const view = {
      get: (kind: unknown) => (kind === WATCHED_JOBTEMPLATES ? template() : undefined),
      by: ({ valueOf }: KindIndex<VcjobRecord>, value: string) => jobs.filter((one) => valueOf(one) === value),
    } as unknown as KindView;
    const look = {
      view,
      nowMs: 0,
      ownNamespace: '',
      settings: NO_SETTINGS,
      told: () => new Set<string>(),
      answerTo: () => undefined,
      submitterKeys: NO_SUBMITTER_KEYS,
    };
    const [effect] = JOBTEMPLATE.reconcile('ns/t', look);
    expect(effect).to.have.nested.property('body.status.jobDependsOnList').deep.equal(['a']);
  });

  it('is woken by jobs that come and go, in their own namespace', () => {
    const watch = JOBTEMPLATE.watches.find(({ kind }) => kind === WATCHED_VCJOBS) as Watch<unknown>;
    const view = {} as KindView;
    const wakes = (before: unknown, after: unknown): readonly string[] => [...watch.toKeys(before, after, view)];
    const made = job('a', 'ns', 'ns.t.v2');
    expect([wakes(undefined, made), wakes(made, undefined), wakes(made, made)]).to.deep.equal([
      ['ns/t.v2'],
      ['ns/t.v2'],
      [],
    ]);
    expect(wakes(undefined, job('b', 'ns', 'other.t'))).to.deep.equal([]);
    expect(wakes(undefined, job('c', 'ns', ''))).to.deep.equal([]);
  });
});
