import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REASONS } from '../../src/api/reasons.ts';
import { ROOT } from '../run-node.ts';

const SOURCE = 'src/api/reasons.ts';

const INTRODUCTION = `# Reason codes

Every refusal, condition and event of Sluice carries one of these codes. Codes are stable: a release may add some, and never renames one.
This page is generated from \`${SOURCE}\` by \`npm run gen\`.
`;

/** `docs/errors.md`: one table a section of the list of reasons. */
export async function outputs(): Promise<ReadonlyMap<string, string>> {
  const source = await readFile(join(ROOT, SOURCE), 'utf8');
  return new Map([['docs/errors.md', errorsPage(source)]]);
}

/** The page for the list of reasons; only the section headings and the order are read from the source text. */
export function errorsPage(source: string, reasons: Readonly<Record<string, string>> = REASONS): string {
  const sections = [...sectionsOf(source)].map(([heading, codes]) => section(heading, codes, reasons));
  return [INTRODUCTION, ...sections].join('\n');
}

/** Section headings are the line comments between the codes. */
function sectionsOf(source: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let codes: string[] = [];
  for (const line of source.split('\n')) {
    const heading = /^ {2}\/\/ (.+)$/.exec(line)?.[1];
    if (heading !== undefined) sections.set(heading, (codes = []));
    const code = /^ {2}(\w+):/.exec(line)?.[1];
    if (code !== undefined) codes.push(code);
  }
  return sections;
}

function section(heading: string, codes: readonly string[], reasons: Readonly<Record<string, string>>): string {
  const rows = codes.map((code) => `| \`${code}\` | ${(reasons[code] ?? '').replaceAll('|', '\\|')} |`);
  return [`## ${heading}`, '', '| code | meaning |', '| --- | --- |', ...rows, ''].join('\n');
}
