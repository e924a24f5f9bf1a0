import { QUESTIONS } from './report.ts';
import type { Finding } from './report.ts';

/** The findings as a table, one line a client in the order of the run; a client that could not be tried says why. */
export function tableOf(findings: readonly Finding[]): string {
  const clients = [...new Set(findings.map(({ client }) => client))];
  const rows = clients.map((client) =>
    rowOf(
      client,
      findings.filter((finding) => finding.client === client),
    ),
  );
  const head = ['client', ...QUESTIONS];
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row.cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  const rule = widths.map((width) => '-'.repeat(width));
  return [line(head), line(rule), ...rows.map(({ cells, note }) => `${line(cells)}${note}`.trimEnd())].join('\n');
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
