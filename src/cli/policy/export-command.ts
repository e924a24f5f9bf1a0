import { stringify } from 'yaml';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { mistakeLine } from './manifest.ts';
import { readBook } from './policy-book.ts';
import { readManifests } from './read-manifests.ts';
import { exportVap } from './vap/export-vap.ts';

/** The options of `sluice policy export` as the command line gives them. */
export interface RawExportOptions {
  readonly filename?: readonly string[];
  readonly vap?: boolean;
}

/** Prints policies as objects that the API server keeps by itself; what cannot be said is told in comments and on the standard error. */
export async function exportPolicies({ filename = [], vap }: RawExportOptions): Promise<ExitCode> {
  if (filename.length === 0 || vap !== true) {
    const what = filename.length === 0 ? 'name files or folders with -f' : 'say --vap: there is no other form yet';
    console.error(`sluice policy export: ${what}`);
    return EXIT.badInput;
  }
  const reading = await readManifests(filename);
  const book = readBook(reading.manifests);
  const mistakes = [...reading.mistakes, ...book.mistakes];
  for (const mistake of mistakes) console.error(mistakeLine(mistake));
  if (mistakes.length > 0) return EXIT.badInput;
  const { objects, leftOut } = exportVap(book.entries);
  for (const line of leftOut) console.error(`not exported: ${line}`);
  const comments = leftOut.map((line) => `# not exported: ${line}\n`).join('');
  console.log(`${comments}${objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n')}`.trimEnd());
  return EXIT.ok;
}
