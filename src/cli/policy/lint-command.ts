import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { lintPolicies } from './lint.ts';
import type { LintFinding } from './lint.ts';
import { mistakeLine } from './manifest.ts';
import { isContext } from './sorts.ts';
import { readBook } from './policy-book.ts';
import { readManifests } from './read-manifests.ts';

/** The options of `sluice policy lint` as the command line gives them. */
export interface RawLintOptions {
  readonly filename?: readonly string[];
  readonly output: string;
  readonly strict?: boolean;
}

/** Prints what is wrong with policies; resolves with the exit code. */
export async function lintFiles({ filename = [], output, strict }: RawLintOptions): Promise<ExitCode> {
  if (filename.length === 0 || (output !== 'text' && output !== 'json')) {
    const what = filename.length === 0 ? 'name files or folders with -f' : '--output takes text or json';
    console.error(`sluice policy lint: ${what}`);
    return EXIT.badInput;
  }
  const { manifests, mistakes } = await readManifests(filename);
  for (const mistake of mistakes) console.error(mistakeLine(mistake));
  if (mistakes.length > 0) return EXIT.badInput;
  const book = readBook(manifests);
  const context = manifests.map(({ object }) => object).filter(isContext);
  const findings = lintPolicies(book, context);
  console.log(
    output === 'json' ? JSON.stringify({ findings }, undefined, 2) : lintReport(findings, book.entries.length),
  );
  const isBad = findings.some(({ severity }) => severity === 'error' || (strict === true && severity === 'warning'));
  return isBad ? EXIT.failed : EXIT.ok;
}

function lintReport(findings: readonly LintFinding[], policies: number): string {
  const count = (wanted: LintFinding['severity']): number =>
    findings.filter(({ severity }) => severity === wanted).length;
  const lines = findings.map(
    ({ file, line, column, severity, message, code }) => `${file}:${line}:${column}: ${severity}: ${message} (${code})`,
  );
  const sum = `${policies} policies: ${count('error')} errors, ${count('warning')} warnings, ${count('info')} notes`;
  return [...lines, sum].join('\n');
}
