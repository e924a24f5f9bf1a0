import type { ObjectReport, PolicyFinding } from './finding.ts';
import { differenceLine } from './apply-report.ts';

/** What `sluice policy explain` prints: each policy in the order in which they decide, and why it is for the object or not. */
export function explainReport(reports: readonly ObjectReport[]): string {
  return reports.map(explainObject).join('\n');
}

function explainObject({ object, file, line, outcome, findings }: ObjectReport): string {
  return [`${object} (${file}:${line}): ${outcome}`, ...findings.flatMap(explainFinding), ''].join('\n');
}

function explainFinding({ policy, outcome, reasons, changes, messages }: PolicyFinding): readonly string[] {
  const name = policy === '' ? 'Sluice itself' : `policy ${policy}`;
  const head = outcome === 'none' ? `  ${name} is not for it` : `  ${name}: ${outcome}`;
  const isIdle = outcome !== 'none' && changes.length + messages.length + reasons.length === 0;
  const lines = [...reasons, ...messages, ...changes.map(differenceLine), ...(isIdle ? ['nothing to change'] : [])];
  return [head, ...lines.map((line) => `    ${line}`)];
}
