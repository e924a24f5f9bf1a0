import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { mistakeLine } from './manifest.ts';
import type { InputMistake } from './manifest.ts';
import { filesOf, readManifests } from './read-manifests.ts';
import { runTest } from './run-tests.ts';
import type { TestResult } from './run-tests.ts';
import { readTest, TEST_FILE_NAMES } from './test-file.ts';
import type { PolicyTest } from './test-file.ts';
import { TEST_FORMATS, testReport } from './test-report.ts';
import type { TestFormat } from './test-report.ts';

/** The options of `sluice policy test` as the command line gives them. */
export interface RawTestOptions {
  readonly output: string;
  readonly requireTests?: boolean;
  readonly allowSkips?: boolean;
  readonly junit?: string;
}

/** Runs the tests below some folders and prints what became of them; resolves with the exit code. */
export async function testPolicies(paths: readonly string[], raw: RawTestOptions): Promise<ExitCode> {
  const format = TEST_FORMATS.find((one) => one === raw.output);
  if (format === undefined) {
    console.error(`sluice policy test: --output takes ${TEST_FORMATS.join(', ')}`);
    return EXIT.badInput;
  }
  const { tests, mistakes } = await findTests(paths);
  const results: TestResult[] = [];
  const wrong: InputMistake[] = [...mistakes];
  for (const test of tests) {
    const run = await runTest(test);
    results.push(...run.results);
    wrong.push(...run.mistakes);
  }
  await print(results, format, raw.junit);
  for (const mistake of wrong) console.error(mistakeLine(mistake));
  if (results.length === 0 && wrong.length === 0)
    console.error(`there is no ${TEST_FILE_NAMES[0]} in ${paths.join(', ')}`);
  return exitCodeOf(results, wrong, raw);
}

async function print(results: readonly TestResult[], format: TestFormat, junit: string | undefined): Promise<void> {
  console.log(testReport(results, format));
  if (junit !== undefined) await writeFile(junit, testReport(results, 'junit'));
}

function exitCodeOf(
  results: readonly TestResult[],
  mistakes: readonly InputMistake[],
  { requireTests, allowSkips }: RawTestOptions,
): ExitCode {
  if (mistakes.length > 0) return EXIT.badInput;
  if (results.some(({ outcome }) => outcome === 'failed')) return EXIT.failed;
  if (results.length === 0) return requireTests === true ? EXIT.failed : EXIT.ok;
  return results.some(({ outcome }) => outcome === 'skipped') && allowSkips !== true ? EXIT.skipped : EXIT.ok;
}

interface FoundTests {
  readonly tests: readonly PolicyTest[];
  readonly mistakes: readonly InputMistake[];
}

async function findTests(paths: readonly string[]): Promise<FoundTests> {
  const tests: PolicyTest[] = [];
  const mistakes: InputMistake[] = [];
  for (const file of await testFiles(paths, mistakes)) {
    const reading = await readManifests([file]);
    mistakes.push(...reading.mistakes);
    for (const manifest of reading.manifests) {
      const test = readTest(manifest);
      if (Array.isArray(test)) mistakes.push(...(test as readonly InputMistake[]));
      else tests.push(test as PolicyTest);
    }
  }
  return { tests, mistakes };
}

/** A file that is named itself may be called as it likes. */
async function testFiles(paths: readonly string[], mistakes: InputMistake[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    try {
      const found = await filesOf(path);
      files.push(...found.filter((file) => file === path || TEST_FILE_NAMES.includes(basename(file))));
    } catch {
      mistakes.push({ file: path, place: { line: 1, column: 1 }, message: 'cannot be read: there is no such file' });
    }
  }
  return files;
}
