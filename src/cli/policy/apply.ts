import { applyReport } from './apply-report.ts';
import type { ApplyFormat } from './apply-format.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { explainReport } from './explain-report.ts';
import { worst } from './finding.ts';
import type { ObjectReport } from './finding.ts';
import { mistakeLine } from './manifest.ts';
import { readInput } from './offline-input.ts';
import type { PolicyOptions } from './policy-options.ts';
import { reportObject } from './report-object.ts';

/** Prints what policies make of objects; resolves with the exit code. */
export async function applyPolicies(options: PolicyOptions<ApplyFormat>): Promise<ExitCode> {
  const reports = await reportsOf(options);
  if (reports === undefined) return EXIT.badInput;
  console.log(applyReport(reports, options.output));
  if (options.output === 'yaml') tellFailures(reports);
  return exitCodeOf(reports, options.allowSkips);
}

/** Prints which policies are for objects, and why the others are not; resolves with the exit code. */
export async function explainPolicies(options: PolicyOptions<'text' | 'json'>): Promise<ExitCode> {
  const reports = await reportsOf(options);
  if (reports === undefined) return EXIT.badInput;
  console.log(options.output === 'json' ? JSON.stringify(reports, undefined, 2) : explainReport(reports));
  return EXIT.ok;
}

/** Undefined when the input cannot be used, which is told. */
async function reportsOf(options: PolicyOptions<string>): Promise<readonly ObjectReport[] | undefined> {
  const { world, resources, mistakes } = await readInput(options.files, options);
  for (const mistake of mistakes) console.error(mistakeLine(mistake));
  if (mistakes.length > 0) return undefined;
  if (resources.length === 0) {
    console.error('sluice policy: there is no object to ask about, only policies and what they look up');
    return undefined;
  }
  const reports: ObjectReport[] = [];
  for (const resource of resources) reports.push(await reportObject(resource, world));
  return reports;
}

/** The objects that are missing on the standard output. */
function tellFailures(reports: readonly ObjectReport[]): void {
  for (const { object, file, line, outcome, findings } of reports) {
    if (outcome !== 'fail' && outcome !== 'error') continue;
    const messages = findings.filter((finding) => finding.outcome === outcome).flatMap((finding) => finding.messages);
    console.error(`${file}:${line}: ${object}: ${outcome}: ${messages.join('; ')}`);
  }
}

function exitCodeOf(reports: readonly ObjectReport[], allowSkips: boolean): ExitCode {
  const outcomes = reports.map(({ outcome }) => outcome);
  const decided = worst(outcomes.filter((outcome) => outcome !== 'skip'));
  if (decided === 'fail' || decided === 'error') return EXIT.failed;
  return outcomes.includes('skip') && !allowSkips ? EXIT.skipped : EXIT.ok;
}
