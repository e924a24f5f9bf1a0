import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { created, planOn, view } from '../fixture.ts';
import { rootMutator } from '../../../webhooks/roots/mutate.ts';
import { job } from '../jobs/job-fixture.ts';
import { example, specOf } from './framework-table.ts';

const CLUSTER = view({ queues: { root: { hasChildren: true }, default: {}, research: {} } });
const KEY = 'volcano.sh/preemptable';
const GROVE_KEY = 'kai.scheduler/preemptibility';
/** Labels and annotations of the root, and whether its gang is kept. */
const CASES: readonly (readonly [name: string, kind: string, metadata: JsonObject, isKept: boolean])[] = [
  ['says nothing', 'pytorchjob', {}, false],
  ['says it in a label', 'pytorchjob', { labels: { [KEY]: 'false' } }, true],
  ['says it in an annotation', 'pytorchjob', { annotations: { [KEY]: 'false' } }, true],
  ['says that it may go', 'pytorchjob', { annotations: { [KEY]: 'true' }, labels: { [KEY]: 'false' } }, false],
  ['says it in words of its own', 'podcliqueset', { labels: { [GROVE_KEY]: 'non-preemptible' } }, true],
  ['says the contrary in words of its own', 'podcliqueset', { labels: { [GROVE_KEY]: 'preemptible' } }, false],
];

describe('a gang that is never evicted for others', () => {
  for (const [name, kind, metadata, isKept] of CASES) {
    it(`is planned for a ${kind} that ${name}: ${isKept}`, async () => {
      const object = await example(kind);
      const root = { ...object, metadata: { name: 'x', ...metadata } };
      expect(planOn(created(rootMutator(specOf(object)), root, CLUSTER)).isKept ?? false).to.equal(isKept);
    });
  }

  it('is planned for a Job as well', () => {
    expect(planOn(created(mutateJob, job({ annotations: { [KEY]: 'false' } }))).isKept).to.equal(true);
    expect(planOn(created(mutateJob, job())).isKept).to.equal(undefined);
  });
});
