import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { mistakeLine } from '../../../src/cli/policy/manifest.ts';
import { parseManifests } from '../../../src/cli/policy/read-manifests.ts';
import { runTest } from '../../../src/cli/policy/run-tests.ts';
import type { TestRun } from '../../../src/cli/policy/run-tests.ts';
import { readTest } from '../../../src/cli/policy/test-file.ts';
import type { PolicyTest } from '../../../src/cli/policy/test-file.ts';
import { testReport } from '../../../src/cli/policy/test-report.ts';
import { jobText, policyText, QUEUE_TEXT } from './fixture.ts';

const HEAD =
  'apiVersion: sluice.dev/v1alpha1\nkind: PolicyTest\nmetadata: {name: t}\npolicies: [policies.yaml]\nresources: [resources.yaml]\n';

describe('sluice policy test', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-policy-test-'));
    await writeFile(
      join(folder, 'policies.yaml'),
      QUEUE_TEXT +
        policyText(
          'queue',
          '{match: {selector: {matchLabels: {app: x}}}, set: {queue: {name: blue, onConflict: RejectOnConflict}}}',
        ) +
        policyText('label', '{set: {labels: {values: {colour: red}}}}'),
    );
    await writeFile(
      join(folder, 'resources.yaml'),
      jobText('a', '{app: x}') +
        jobText('b') +
        jobText('c', '{app: x}', ', labels: {volcano.sh/queue-name: default}') +
        '---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n',
    );
    await writeFile(join(folder, 'old.yaml'), jobText('a', '{app: x}').replace('spec:\n', 'spec:\n  parallelism: 3\n'));
  });

  after(() => rm(folder, { recursive: true }));

  async function run(results: string): Promise<TestRun> {
    const file = join(folder, 'sluice-test.yaml');
    const [manifest] = parseManifests(`${HEAD}results: [${results}]\n`, file).manifests;
    const test = manifest === undefined ? [] : readTest(manifest);
    if (Array.isArray(test)) throw new Error(JSON.stringify(test));
    return runTest(test as PolicyTest);
  }

  const cases: readonly (readonly [result: string, outcome: string, problem: string])[] = [
    ['{resource: Job/a, outcome: pass}', 'passed', ''],
    ['{resource: Job/team-a/a, policy: queue, outcome: pass}', 'passed', ''],
    ['{resource: Job/b, policy: queue, outcome: none, message: label app In x does not hold}', 'passed', ''],
    ['{resource: Job/c, outcome: fail, message: asks for queue blue}', 'passed', ''],
    ['{resource: Job/c, policy: label, outcome: fail}', 'failed', 'the outcome is pass, not fail'],
    ['{resource: Job/a, outcome: fail}', 'failed', 'the outcome is pass, not fail'],
    ['{resource: Job/a, outcome: pass, message: never}', 'failed', 'no message has the text "never": there is none'],
    ['{resource: Job/a, outcome: pass, fields: {"spec.template.metadata.labels.colour": red}}', 'passed', ''],
    [
      '{resource: Job/a, outcome: pass, fields: {"spec.template.metadata.labels.colour": blue}}',
      'failed',
      'spec.template.metadata.labels.colour is "red", not "blue"',
    ],
    [
      '{resource: Job/a, outcome: pass, fields: {"spec.template.metadata.labels.colour": null}}',
      'failed',
      'spec.template.metadata.labels.colour is "red", and should not be there',
    ],
    [
      '{resource: Job/a, outcome: pass, fields: {"spec.template.spec.nodeName": n}}',
      'failed',
      'spec.template.spec.nodeName is not there, and should be "n"',
    ],
    ['{resource: Job/a, outcome: pass, oldObject: old.yaml}', 'passed', ''],
    ['{resource: Job/b, outcome: pass, object: resources.yaml}', 'failed', 'metadata.annotations is'],
    ['{resource: Service/s, outcome: pass}', 'skipped', 'no rule looks at objects of this kind'],
    ['{resource: Service/s, outcome: skip}', 'passed', ''],
  ];
  for (const [result, outcome, problem] of cases) {
    it(`judges ${result}`, async () => {
      const { results, mistakes } = await run(result);
      expect(mistakes).to.deep.equal([]);
      expect(results[0]?.outcome, results[0]?.problems.join('; ')).to.equal(outcome);
      expect(results[0]?.problems.join('; ')).to.include(problem);
    });
  }

  const mistaken: readonly (readonly [result: string, message: string])[] = [
    ['{resource: Job/z, outcome: pass}', 'Job/z: there is no such object'],
    ['{resource: Job/a, policy: z, outcome: pass}', 'z: there is no such policy'],
    ['{resource: Job/a, outcome: pass, object: none.yaml}', 'none.yaml: cannot be read: there is no such file'],
    ['{resource: Job/b, outcome: pass, oldObject: old.yaml}', 'old.yaml: there is no Job/team-a/b'],
  ];
  for (const [result, message] of mistaken) {
    it(`takes for a mistake of the test: ${result}`, async () => {
      const { results, mistakes } = await run(result);
      expect(results).to.deep.equal([]);
      expect(mistakes.map((mistake) => mistake.message)).to.deep.equal([message]);
    });
  }

  it('has all that a CI system needs in its reports', async () => {
    const { results } = await run(
      '{resource: Job/a, outcome: pass}, {resource: Job/a, outcome: fail}, {resource: Service/s, outcome: pass}',
    );
    expect(testReport(results, 'table')).to.match(/t +Job\/a +\(all\) +passed/);
    expect(testReport(results, 'table')).to.match(/1 passed, 1 failed, 1 skipped$/);
    expect((JSON.parse(testReport(results, 'json')) as { counts: unknown }).counts).to.deep.equal({
      passed: 1,
      failed: 1,
      skipped: 1,
    });
    const xml = testReport(results, 'junit');
    expect(xml).to.match(/<testsuites name="sluice policy test" tests="3" failures="1" errors="0" skipped="1"/);
    expect(xml).to.match(/<failure message="the outcome is pass, not fail">/);
    expect(xml).to.match(/<skipped message="no rule looks at objects of this kind">/);
  });
});

describe('a sluice-test.yaml', () => {
  const wrong: readonly (readonly [text: string, told: string])[] = [
    [`${HEAD}results: []`, 't.yaml:6:1: results: must be a list of what is expected, with one entry at least'],
    [
      `${HEAD}results: [{resource: Job/a, outcome: maybe}]`,
      't.yaml:6:29: results[0].outcome: must be one of pass, warn, fail, error, skip, none',
    ],
    [
      `${HEAD}results: [{resource: Job/a, outcome: pass, fileds: {}}]`,
      't.yaml:6:44: results[0].fileds: there is no field fileds',
    ],
    [`${HEAD}results: [{outcome: pass}]`, 't.yaml:6:11: results[0].resource: must be Kind/name or Kind/namespace/name'],
    [
      `${HEAD}context: {users: ann}\nresults: [{resource: Job/a, outcome: pass}]`,
      't.yaml:6:11: context.users: there is no field users',
    ],
    [
      HEAD.replace('[policies.yaml]', 'policies.yaml') + 'results: [{resource: Job/a, outcome: pass}]',
      't.yaml:4:1: policies: must be a list of texts',
    ],
    [
      HEAD.replace('PolicyTest', 'Test') + 'results: [{resource: Job/a, outcome: pass}]',
      't.yaml:2:1: kind: must be PolicyTest of sluice.dev/v1alpha1',
    ],
  ];
  for (const [text, told] of wrong) {
    it(`is refused with the place: ${told}`, () => {
      const [manifest] = parseManifests(text, 't.yaml').manifests;
      const mistakes = manifest === undefined ? [] : readTest(manifest);
      expect(Array.isArray(mistakes) ? mistakes.map(mistakeLine) : []).to.deep.equal([told]);
    });
  }
});
