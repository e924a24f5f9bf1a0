import { stringify } from 'yaml';
import type { ApplyFormat } from './apply-format.ts';
import { countOf, OUTCOMES } from './finding.ts';
import type { Difference, ObjectReport, PolicyFinding } from './finding.ts';
import { textTable } from './text-table.ts';

/** What `sluice policy apply` prints: a table, everything as JSON, or the objects as they would be stored. */
export function applyReport(reports: readonly ObjectReport[], format: ApplyFormat): string {
  switch (format) {
    case 'table':
      return [...textTable([HEAD, ...reports.flatMap(rowsOf)]), '', countLine(reports)].join('\n');
    case 'json':
      return JSON.stringify({ counts: countOf(reports.map(({ outcome }) => outcome)), objects: reports }, undefined, 2);
    case 'yaml':
      return reports
        .filter(({ outcome }) => outcome !== 'fail' && outcome !== 'error')
        .map(({ result }) => stringify(result))
        .join('---\n');
  }
}

const HEAD = ['OBJECT', 'POLICY', 'OUTCOME', 'WHAT'];

function rowsOf(report: ObjectReport): readonly (readonly string[])[] {
  const shown = report.findings.filter(
    ({ policy, outcome, changes }) => outcome !== 'none' && (policy !== '' || outcome !== 'pass' || changes.length > 0),
  );
  const rows = shown.flatMap((finding) => findingRows(finding));
  const lines = rows.length > 0 ? rows : [['-', report.outcome, report.findings[0]?.reasons[0] ?? 'nothing is for it']];
  return lines.map((row, index) => [index === 0 ? report.object : '', ...row]);
}

function findingRows({ policy, outcome, changes, messages, reasons }: PolicyFinding): readonly (readonly string[])[] {
  const what = [...messages, ...reasons, ...changes.map(differenceLine)];
  const name = policy === '' ? '(Sluice itself)' : policy;
  return (what.length > 0 ? what : ['nothing to change']).map((line, index) =>
    index === 0 ? [name, outcome, line] : ['', '', line],
  );
}

/** One line for a change. */
export function differenceLine({ path, before, after }: Difference): string {
  if (after === undefined) return `${path} is taken away`;
  const shown = JSON.stringify(after);
  const value = shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}...` : shown;
  return before === undefined ? `${path}: ${value}` : `${path}: ${value} instead of ${JSON.stringify(before)}`;
}

const MAX_SHOWN = 160;

/** E.g. `2 objects: 1 pass, 1 fail`. */
function countLine(reports: readonly ObjectReport[]): string {
  const counts = countOf(reports.map(({ outcome }) => outcome));
  const named = OUTCOMES.map((outcome) => `${counts[outcome]} ${outcome}`);
  return `${reports.length} ${reports.length === 1 ? 'object' : 'objects'}: ${named.join(', ')}`;
}
