import { QUESTIONS } from './report.ts';
import type { Finding } from './report.ts';

type Asked = Extract<Finding, { asked: number }>;

/** The findings as tables, one line a client in the order of the run; a client that could not be tried says why. */
export function tablesOf(findings: readonly Finding[]): string {
  const asked = findings.filter((finding) => 'asked' in finding);
  const others = findings.filter((finding) => !('asked' in finding));
  return [others.length > 0 ? questionTable(others) : [], asked.length > 0 ? askedTable(asked) : []]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function questionTable(findings: readonly Finding[]): readonly string[] {
  const clients = [...new Set(findings.map(({ client }) => client))];
  const rows = clients.map((client) =>
    rowOf(
      client,
      findings.filter((finding) => finding.client === client),
    ),
  );
  return lined(['client', ...QUESTIONS], rows);
}

function askedTable(findings: readonly Asked[]): readonly string[] {
  const rows = findings.map(({ client, asked, wrong }) => ({
    cells: [client, String(asked), String(asked - wrong.length)],
    note: wrong.map((each) => `\n    ${each}`).join(''),
  }));
  return lined(['client', 'asked', 'right'], rows);
}

function lined(head: readonly string[], rows: readonly Row[]): readonly string[] {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row.cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  const rule = widths.map((width) => '-'.repeat(width));
  return [line(head), line(rule), ...rows.map(({ cells, note }) => `${line(cells)}${note}`.trimEnd())];
}

interface Row {
  readonly cells: readonly string[];
  /** Follows the cells, as wide as it is. */
  readonly note: string;
}

function rowOf(client: string, findings: readonly Finding[]): Row {
  const absence = findings.find((finding) => 'absent' in finding);
  if (absence !== undefined) return { cells: [client], note: `  not tried: ${absence.absent}` };
  const answers = QUESTIONS.map((question) => {
    const found = findings.find((finding) => 'question' in finding && finding.question === question);
    return found !== undefined && 'answer' in found ? found.answer : '?';
  });
  return { cells: [client, ...answers], note: '' };
}
