import { dirname, join } from 'node:path';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import { stringAt } from '../../lib/json.ts';
import { differencesOf } from './differences.ts';
import { valueAt } from './field-path.ts';
import type { Difference, ObjectReport, Outcome } from './finding.ts';
import { nameOf } from './manifest.ts';
import type { InputMistake, Manifest } from './manifest.ts';
import { readInput } from './offline-input.ts';
import type { OfflineInput } from './offline-input.ts';
import { readManifests } from './read-manifests.ts';
import { reportObject } from './report-object.ts';
import type { ExpectedResult, PolicyTest } from './test-file.ts';

/** What became of one expectation. */
export interface TestResult {
  readonly test: string;
  readonly file: string;
  readonly line: number;
  readonly resource: string;
  /** Empty for all policies together. */
  readonly policy: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What is not as expected. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

export interface TestRun {
  readonly results: readonly TestResult[];
  readonly mistakes: readonly InputMistake[];
}

/** Runs one test file: every expectation, and of each object that a second review changes nothing. */
export async function runTest(test: PolicyTest): Promise<TestRun> {
  const folder = dirname(test.file);
  const paths = [...test.policies, ...test.context, ...test.resources].map((path) => join(folder, path));
  const input = await readInput(paths, test);
  if (input.mistakes.length > 0) return { results: [], mistakes: input.mistakes };
  const results: TestResult[] = [];
  const mistakes: InputMistake[] = [];
  for (const expected of test.results) {
    const started = performance.now();
    const checked = await check(expected, input, folder);
    if ('mistake' in checked) {
      mistakes.push({ file: test.file, place: { line: expected.line, column: 1 }, message: checked.mistake });
      continue;
    }
    const { file, name } = test;
    const { resource, policy = '', line } = expected;
    const seconds = (performance.now() - started) / 1000;
    results.push({ test: name, file, line, resource, policy, ...checked, seconds });
  }
  return { results, mistakes };
}

type Checked = Pick<TestResult, 'outcome' | 'problems'> | { readonly mistake: string };

async function check(expected: ExpectedResult, input: OfflineInput, folder: string): Promise<Checked> {
  const found = input.resources.filter((manifest) => isNamed(manifest, expected.resource));
  const [resource] = found;
  if (resource === undefined || found.length > 1) {
    return { mistake: `${expected.resource}: there ${found.length > 1 ? `are ${found.length}` : 'is no such object'}` };
  }
  const { policy } = expected;
  if (policy !== undefined && !input.world.policies.some((entry) => entry.policy.id === policy)) {
    return { mistake: `${policy}: there is no such policy` };
  }
  const old = await fileObject(expected.oldObject, folder, resource);
  const wanted = await fileObject(expected.object, folder, resource);
  for (const one of [old, wanted]) if (typeof one === 'string') return { mistake: one };
  const report = await reportObject(resource, input.world, objectOf(old));
  return judged(report, expected, objectOf(wanted));
}

function judged(report: ObjectReport, expected: ExpectedResult, wanted: JsonObject | undefined): Checked {
  const finding = report.findings.find(({ policy }) => policy === expected.policy);
  const { outcome } = finding ?? report;
  const messages = (finding === undefined ? report.findings : [finding]).flatMap((one) => [
    ...one.messages,
    ...one.reasons,
  ]);
  // An object that cannot be judged offline is never a success that somebody did not ask for.
  if (outcome === 'skip' && expected.outcome !== 'skip') return { outcome: 'skipped', problems: messages };
  const problems = [
    ...outcomeProblems(outcome, expected, messages),
    ...(report.outcome === 'error' && expected.outcome !== 'error' ? messagesOf(report, 'error') : []),
    ...(expected.message !== undefined && !messages.some((message) => message.includes(expected.message ?? ''))
      ? [`no message has the text ${JSON.stringify(expected.message)}: ${messages.join('; ') || 'there is none'}`]
      : []),
    ...Object.entries(expected.fields).flatMap(([path, value]) => fieldProblems(report.result, path, value)),
    ...(wanted === undefined ? [] : differencesOf(wanted, report.result).map(differenceText)),
  ];
  return { outcome: problems.length === 0 ? 'passed' : 'failed', problems };
}

function outcomeProblems(outcome: Outcome, expected: ExpectedResult, messages: readonly string[]): readonly string[] {
  if (outcome === expected.outcome) return [];
  return [`the outcome is ${outcome}, not ${expected.outcome}${messages.length > 0 ? `: ${messages.join('; ')}` : ''}`];
}

function messagesOf(report: ObjectReport, outcome: Outcome): readonly string[] {
  return report.findings.filter((finding) => finding.outcome === outcome).flatMap((finding) => finding.messages);
}

function fieldProblems(object: JsonObject, path: string, wanted: JsonValue): readonly string[] {
  const value = valueAt(object, path);
  if (wanted === null)
    return value === undefined ? [] : [`${path} is ${JSON.stringify(value)}, and should not be there`];
  if (value === undefined) return [`${path} is not there, and should be ${JSON.stringify(wanted)}`];
  return differencesOf(wanted, value, path).length === 0
    ? []
    : [`${path} is ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`];
}

function differenceText({ path, before, after }: Difference): string {
  if (after === undefined) return `${path} is not there, and should be ${JSON.stringify(before)}`;
  if (before === undefined) return `${path} is ${JSON.stringify(after)}, and should not be there`;
  return `${path} is ${JSON.stringify(after)}, not ${JSON.stringify(before)}`;
}

/** `Kind/name` stands for an object in any namespace. */
function isNamed(manifest: Manifest, name: string): boolean {
  const [kind, ...rest] = nameOf(manifest).split('/');
  return nameOf(manifest) === name || `${kind}/${rest.at(-1)}` === name;
}

/** The object of the same kind and name in a file of the test; a sentence when there is none. */
async function fileObject(
  file: string | undefined,
  folder: string,
  resource: Manifest,
): Promise<JsonObject | string | undefined> {
  if (file === undefined) return undefined;
  const { manifests, mistakes } = await readManifests([join(folder, file)]);
  const [mistake] = mistakes;
  if (mistake !== undefined) return `${file}: ${mistake.message}`;
  const same = manifests.find(
    ({ object }) =>
      stringAt(object, ['kind']) === stringAt(resource.object, ['kind']) &&
      stringAt(object, ['metadata', 'name']) === stringAt(resource.object, ['metadata', 'name']),
  );
  return same?.object ?? `${file}: there is no ${nameOf(resource)}`;
}

function objectOf(value: JsonObject | string | undefined): JsonObject | undefined {
  return typeof value === 'string' ? undefined : value;
}
