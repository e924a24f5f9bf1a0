import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { projectDataset } from '../../src/api/projections/dataset.ts';
import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { validateDatasetReview } from '../../webhooks/datasets/validate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { created, request, summary, view } from '../webhooks/fixture.ts';

function example(file: string): JsonObject {
  return parse(readFileSync(`examples/datasets/${file}`, 'utf8')) as JsonObject;
}

describe('examples of datasets', () => {
  it('are taken, and draw the Job to where the data lies', () => {
    const object = example('dataset.yaml');
    expect(summary(validateDatasetReview(request({ object })))).to.equal('allow');
    const status = { cached: [{ key: 'kubernetes.io/hostname', values: ['n1'], percent: 100 }] };
    const stored = { ...object, metadata: { name: 'imagenet', namespace: 'team-a', uid: 'u' }, status };
    const dataset = projectDataset(stored);
    const job = created(mutateJob, example('job.yaml'), view({ datasets: dataset === undefined ? [] : [dataset] }), {
      resource: 'jobs',
    });
    const template = ['spec', 'template'] as const;
    expect(stringAt(job, [...template, 'metadata', 'annotations', 'sluice.dev/datasets'])).to.equal('imagenet');
    expect(JSON.stringify(memberAt(job, ...template, 'spec', 'affinity'))).to.include('"weight":50');
  });
});
