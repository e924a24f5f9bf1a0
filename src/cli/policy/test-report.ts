import { junitReport } from './junit.ts';
import type { JUnitCase, JUnitSuite } from './junit.ts';
import type { TestResult } from './run-tests.ts';
import { textTable } from './text-table.ts';

export const TEST_FORMATS = ['table', 'json', 'junit'] as const;
export type TestFormat = (typeof TEST_FORMATS)[number];

/** What `sluice policy test` prints. */
export function testReport(results: readonly TestResult[], format: TestFormat): string {
  switch (format) {
    case 'table':
      return [...textTable([HEAD, ...results.map(rowOf)]), ...problemLines(results), '', countLine(results)].join('\n');
    case 'json':
      return JSON.stringify({ counts: counts(results), results }, undefined, 2);
    case 'junit':
      return junitReport(suitesOf(results));
  }
}

const HEAD = ['TEST', 'OBJECT', 'POLICY', 'RESULT'];

function rowOf({ test, resource, policy, outcome }: TestResult): readonly string[] {
  return [test, resource, policy === '' ? '(all)' : policy, outcome];
}

function problemLines(results: readonly TestResult[]): readonly string[] {
  return results
    .filter(({ outcome }) => outcome !== 'passed')
    .flatMap(({ file, line, problems }) => ['', ...problems.map((problem) => `${file}:${line}: ${problem}`)]);
}

function counts(results: readonly TestResult[]): Readonly<Record<TestResult['outcome'], number>> {
  const count = (wanted: TestResult['outcome']): number => results.filter(({ outcome }) => outcome === wanted).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

function countLine(results: readonly TestResult[]): string {
  const { passed, failed, skipped } = counts(results);
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function suitesOf(results: readonly TestResult[]): readonly JUnitSuite[] {
  const files = [...new Set(results.map(({ file }) => file))];
  return files.map((file) => {
    const own = results.filter((result) => result.file === file);
    return { file, name: own[0]?.test ?? file, cases: own.map(caseOf) };
  });
}

function caseOf({ resource, policy, outcome, problems, seconds }: TestResult): JUnitCase {
  return { name: policy === '' ? resource : `${resource}: ${policy}`, outcome, details: problems, seconds };
}
