import type { Figure, Figures } from './figures.ts';

/** The whole result of one benchmark. */
export interface Report {
  readonly name: string;
  readonly machine: Figures;
  readonly settings: Readonly<Record<string, number | string>>;
  readonly figures: Figures;
}

/** The report as lines for people: one figure a line, tables side by side where they have the same rows. */
export function formatReport({ name, machine, settings, figures }: Report): string {
  const parts = Object.values(machine).map(textOf).join(', ');
  const chosen = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  return [`${name}: ${chosen.join(' ')}`, `machine: ${parts}`, '', ...block(figures, '')].join('\n');
}

function block(figures: Figures, indent: string): readonly string[] {
  const entries = Object.entries(figures);
  const plain = entries.filter(([, value]) => !isTable(value));
  const width = Math.max(0, ...plain.map(([key]) => key.length));
  const lines = plain.map(([key, value]) => `${indent}${key.padEnd(width)}  ${textOf(value)}`);
  const tables = entries.filter((entry): entry is [string, Figures] => isTable(entry[1]));
  const flat = tables.filter(([, table]) => !Object.values(table).some(isTable));
  if (flat.length > 1) lines.push('', ...sideBySide(flat, indent));
  for (const [key, table] of flat.length > 1 ? tables.filter((entry) => !flat.includes(entry)) : tables) {
    lines.push('', `${indent}${key}`, ...block(table, `${indent}  `));
  }
  return lines;
}

/** Columns are the tables, rows every name that one of them has. */
function sideBySide(tables: readonly (readonly [string, Figures])[], indent: string): readonly string[] {
  const rows = [...new Set(tables.flatMap(([, table]) => Object.keys(table)))];
  const first = Math.max(...rows.map((row) => row.length));
  const cells = (row: string): string =>
    tables.map(([key, table]) => textOf(table[row] ?? '-').padStart(Math.max(key.length, 10))).join('  ');
  const head = tables.map(([key]) => key.padStart(10)).join('  ');
  return [
    `${indent}${' '.repeat(first)}  ${head}`,
    ...rows.map((row) => `${indent}${row.padEnd(first)}  ${cells(row)}`),
  ];
}

function isTable(value: Figure): value is Figures {
  return typeof value === 'object' && !Array.isArray(value);
}

function textOf(value: Figure): string {
  if (typeof value === 'number') return Number.isInteger(value) ? value.toLocaleString('en-US') : String(value);
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(textOf).join(' ') : JSON.stringify(value);
}
