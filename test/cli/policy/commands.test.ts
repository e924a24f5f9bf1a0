import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { main } from '../../../src/cli/main.ts';
import { jobText, policyText } from './fixture.ts';

const ROOT = join(import.meta.dirname, '../../..');
const EXAMPLE = 'examples/policies/gpu-teams';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `sluice policy` as users do. */
async function spawned(args: readonly string[], input: string): Promise<Ended> {
  const child = spawn(process.execPath, ['bin/sluice.js', 'policy', ...args], { cwd: ROOT });
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([
    readStream(child.stdout),
    readStream(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, code: code as number };
}

/** The same within this process, which is much faster. */
async function policy(args: readonly string[]): Promise<Ended> {
  const written = { out: '', err: '' };
  const { stdout, stderr } = process;
  const write = { out: stdout.write.bind(stdout), err: stderr.write.bind(stderr) };
  stdout.write = (text) => ((written.out += String(text)), true);
  stderr.write = (text) => ((written.err += String(text)), true);
  try {
    const code = await main(['node', 'sluice', 'policy', ...args]);
    return { ...written, code };
  } finally {
    stdout.write = write.out;
    stderr.write = write.err;
  }
}

const SERVICE = '---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n';
const REFUSES = policyText('p', '{set: {queue: {name: none}}, onMissingReference: Deny}');

/** A ConfigMap of Sluice's own namespace with one text. */
function mapText(policies: string, namespace = 'sluice-system'): string {
  const head = `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\n  namespace: ${namespace}\n  labels: {sluice.dev/policies: enabled}\n`;
  return `${head}data:\n  p: |\n${policies.replaceAll(/^/gm, '    ')}\n`;
}

describe('sluice policy', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-policy-'));
  });

  after(() => rm(folder, { recursive: true }));

  const cases: readonly (readonly [what: string, args: string, input: string, code: number, told: RegExp])[] = [
    [
      'apply is content',
      `apply -f ${EXAMPLE}/policies.yaml -f ${EXAMPLE}/context.yaml -f -`,
      jobText('a'),
      0,
      /1 object: 0 pass, 1 warn/,
    ],
    ['apply tells of a refusal', 'apply -f -', REFUSES + jobText('a'), 1, /1 fail/],
    [
      'apply takes a broken policy for wrong input',
      'apply -f -',
      policyText('p', '{}') + jobText('a'),
      2,
      /input.yaml:5:1: spec.set: is required/,
    ],
    ['apply reads policies in a ConfigMap', 'apply -f -', mapText(REFUSES) + jobText('a'), 1, /1 fail/],
    [
      'apply tells where in a ConfigMap a policy is broken',
      'apply -f -',
      mapText(policyText('p', '{}')) + jobText('a'),
      2,
      /input.yaml:14:1: data\[p\]\[0\]\.spec\.set: is required/,
    ],
    [
      'lint takes no policies of the cluster from ConfigMaps of others',
      'lint -f -',
      mapText(REFUSES, 'team-a'),
      1,
      /input.yaml:\d+:\d+: error: data\[p\]\[0\]\.kind: policies of the cluster come from/,
    ],
    ['apply takes a broken file for wrong input', 'apply -f -', 'a: [', 2, /input.yaml:1:/],
    ['apply takes no objects for wrong input', 'apply -f -', REFUSES, 2, /there is no object to ask about/],
    ['apply takes no files for wrong input', 'apply', '', 2, /name files or folders with -f/],
    ['apply takes an unknown form for wrong input', 'apply -f - -o xml', '', 2, /--output takes table, json, yaml/],
    ['apply takes a skip for an error', 'apply -f -', SERVICE, 3, /1 skip/],
    ['apply may be told that skips are fine', 'apply -f - --allow-skips', SERVICE, 0, /1 skip/],
    [
      'apply knows the user and the groups',
      `apply -f ${EXAMPLE} --user ann -o json`,
      '',
      0,
      /"spec.exclude.users, spec.exclude.groups: ann is excluded"/,
    ],
    ['explain tells why', `explain -f ${EXAMPLE} --user ann`, '', 0, /policy team-a-gpus is not for it/],
    ['lint is content with notes', `lint -f ${EXAMPLE}`, '', 0, /2 policies: 0 errors, 0 warnings, 2 notes/],
    ['lint tells of errors', 'lint -f - -o json', policyText('p', '{}'), 1, /"code": "Invalid"/],
    [
      'export tells what it cannot say',
      `export --vap -f ${EXAMPLE}`,
      '',
      0,
      /^not exported: cost-centre: spec.enforcement/m,
    ],
    ['export needs a form', `export -f ${EXAMPLE}`, '', 2, /say --vap/],
    ['test runs the example', `test ${EXAMPLE}`, '', 0, /5 passed, 0 failed, 0 skipped/],
    ['test may require tests', 'test docs --require-tests', '', 1, /there is no sluice-test.yaml in docs/],
    ['test says so when there is none', 'test docs', '', 0, /there is no sluice-test.yaml in docs/],
    [
      'test takes a missing folder for wrong input',
      'test no/such/folder',
      '',
      2,
      /no\/such\/folder:1:1: cannot be read/,
    ],
  ];
  for (const [what, args, input, code, told] of cases) {
    it(what, async () => {
      const file = join(folder, 'input.yaml');
      await writeFile(file, input);
      const ended = await policy(args.split(' ').map((arg) => (arg === '-' ? file : arg)));
      expect(`${ended.out}\n${ended.err}`).to.match(told);
      expect(ended.code).to.equal(code);
    });
  }

  it('apply prints manifests that can be applied', async () => {
    const { out, err, code } = await policy(['apply', '-f', EXAMPLE, '-o', 'yaml']);
    const kinds = [...parseAllDocuments(out)].map((document) => (document.toJS() as { kind: string }).kind);
    expect(kinds).to.deep.equal(['Job', 'Job', 'Job']);
    expect(err).to.match(/Job\/team-a\/other-queue: fail: .*PolicyConflict/);
    expect(code).to.equal(1);
  });

  it('test writes a report for JUnit, and fails when a test does', async () => {
    await writeFile(join(folder, 'all.yaml'), jobText('a'));
    const test =
      'apiVersion: sluice.dev/v1alpha1\nkind: PolicyTest\nresources: [all.yaml]\nresults: [{resource: Job/a, outcome: fail}]\n';
    await writeFile(join(folder, 'sluice-test.yaml'), test);
    const { code } = await policy(['test', folder, '--junit', join(folder, 'report.xml')]);
    expect(code).to.equal(1);
    expect(await readFile(join(folder, 'report.xml'), 'utf8')).to.include('failures="1"');
  });

  it('reads the standard input and ends with its exit code', async () => {
    const { code, out } = await spawned(['apply', '-f', '-'], REFUSES + jobText('a'));
    expect(out).to.match(/1 fail/);
    expect(code).to.equal(1);
  });

  for (const [command, words] of [
    ['', ['apply', 'test', 'explain', 'lint', 'export']],
    ['apply', ['--filename', '--user', '--group', '--namespace', '--output', '--allow-skips']],
    ['test', ['--output', '--junit', '--require-tests', '--allow-skips']],
    ['explain', ['--filename', '--user', '--group', '--namespace', '--output']],
    ['lint', ['--filename', '--output', '--strict']],
    ['export', ['--filename', '--vap']],
  ] as const) {
    it(`tells all of ${command === '' ? 'itself' : command} with --help`, async () => {
      const { out, code } = await policy([...(command === '' ? [] : [command]), '--help']);
      expect(code).to.equal(0);
      for (const word of words) expect(out).to.include(word);
    });
  }
});
