import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { readPolicy } from '../../src/api/policies/read-policy.ts';
import { NAMESPACES, RUNTIME_CLASSES } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../../webhooks/admission.ts';
import { mutateCronJob } from '../../webhooks/cron-jobs/mutate.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { compile } from '../../webhooks/policies/policy-set.ts';
import { patched, request, summary, view } from '../webhooks/fixture.ts';
import { job } from '../webhooks/jobs/job-fixture.ts';

const FOLDER = join(import.meta.dirname, '../../examples/policies');
const CLUSTER = {
  queues: { default: {}, gpu: {}, research: {}, gold: {} },
  records: new Map<ResourceType, readonly unknown[]>([
    [NAMESPACES, [{ name: 'team-a', deleting: false, labels: ['tier', 'gold'], optedIn: true, defaultQueue: '' }]],
    [RUNTIME_CLASSES, [{ name: 'gvisor' }, { name: 'singularity' }]],
  ]),
};

const labelled = (labels: JsonObject): JsonObject => job({ templateMetadata: { labels }, spec: { parallelism: 8 } });
const QUEUE = ['metadata', 'labels', 'volcano.sh/queue-name'];
const POD = ['spec', 'template', 'spec'];

interface Case {
  readonly object: JsonObject;
  readonly over?: Partial<AdmissionRequest>;
  /** Texts that the object has after the review, by path. */
  readonly want?: readonly (readonly [path: readonly string[], text: string])[];
  /** What the whole object then says somewhere. */
  readonly wantText?: string;
  readonly wantRefusal?: string;
  readonly wantWarning?: string;
}

const CRON = { metadata: { name: 'nightly' }, spec: { jobTemplate: { spec: job()['spec'] ?? {} } } };

const CASES: Readonly<Record<string, Case>> = {
  'gpu-nodes.yaml': { object: labelled({ hardware: 'gpu' }), want: [[QUEUE, 'gpu']], wantText: '"H100"' },
  'queue-by-group.yaml': {
    object: job({ labels: { 'volcano.sh/queue-name': 'gold' } }),
    over: { userGroups: ['research'] },
    want: [[QUEUE, 'research']],
  },
  'queue-by-namespace-label.yaml': { object: job(), want: [[QUEUE, 'gold']] },
  'nightly-low-priority.yaml': {
    object: CRON,
    over: { resource: 'cronjobs' },
    want: [[['spec', 'jobTemplate', ...POD, 'priorityClassName'], 'nightly']],
  },
  'sandbox.yaml': {
    object: job({ templateSpec: { runtimeClassName: 'none' } }),
    over: { namespace: 'guests' },
    want: [[[...POD, 'runtimeClassName'], 'gvisor']],
  },
  'singularity.yaml': {
    object: labelled({ 'example.com/runtime': 'singularity' }),
    want: [[[...POD, 'runtimeClassName'], 'singularity']],
    wantText: '"example.com/singularity"',
  },
  'one-priority-only.yaml': {
    object: job({ templateSpec: { priorityClassName: 'huge' } }),
    over: { userGroups: ['interns'] },
    wantRefusal: '403 PolicyConflict spec.template.spec.priorityClassName',
  },
  'elastic-gangs.yaml': { object: labelled({ training: 'elastic' }), wantText: String.raw`\"min\":4` },
  'spot-nodes.yaml': { object: labelled({ interruptible: 'yes' }), wantText: '"tolerationSeconds":60' },
  'wait-for-data.yaml': {
    object: labelled({ 'example.com/dataset': 'imagenet' }),
    wantText: '"schedulingGates":[{"name":"example.com/data-ready"}]',
  },
  'cost-centre.yaml': {
    object: job(),
    want: [[['spec', 'template', 'metadata', 'labels', 'example.com/cost-centre'], '4711']],
  },
  'try-first.yaml': {
    object: job(),
    want: [[QUEUE, 'default']],
    wantWarning: 'policy try-first (DryRun) would set queue research',
  },
};

describe('recipes of policies', () => {
  it('all have a test', () => {
    expect(Object.keys(CASES).toSorted()).to.deep.equal(
      readdirSync(FOLDER)
        .filter((name) => name.endsWith('.yaml'))
        .toSorted(),
    );
  });

  for (const [file, { object, over, want = [], wantText = '', wantRefusal, wantWarning }] of Object.entries(CASES)) {
    it(`${file} does what it says`, () => {
      const raw: unknown = parse(readFileSync(join(FOLDER, file), 'utf8'));
      const read = readPolicy(raw, stringAt(raw, ['metadata', 'namespace']), stringAt(raw, ['metadata', 'name']));
      if (read.kind === 'errors') throw new Error(JSON.stringify(read.errors));
      const cluster = view({ ...CLUSTER, policies: compile([read.policy]) });
      const asked = request({ group: 'batch', resource: 'jobs', object, ...over });
      const verdict = (asked.resource === 'cronjobs' ? mutateCronJob : mutateJob)(asked, cluster);
      if (wantRefusal !== undefined) {
        expect(summary(verdict)).to.equal(wantRefusal);
        return;
      }
      const after = patched(object, verdict);
      for (const [path, text] of want) expect(memberAt(after, ...path)).to.equal(text);
      expect(JSON.stringify(after)).to.contain(wantText);
      if (wantWarning !== undefined) expect(verdict).to.have.property('warnings').that.includes(wantWarning);
    });
  }
});
