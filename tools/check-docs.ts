import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { REASONS } from '../src/api/reasons.ts';
import { exampleProblems } from './docs/example-checks.ts';
import { fenceProblems } from './docs/fence-check.ts';
import { parsePage } from './docs/markdown.ts';
import type { Page } from './docs/markdown.ts';
import { linkProblems, machinePathProblems, reasonProblems, scriptProblems } from './docs/page-checks.ts';
import type { Known } from './docs/page-checks.ts';
import { ROOT } from './run-node.ts';
import { filesBelow } from './source-file.ts';

const ROOT_PAGES = ['README.md', 'CONTRIBUTING.md'];

/** What the documentation check read and what is wrong with it, one line each. */
export interface DocsReport {
  readonly pageCount: number;
  readonly exampleCount: number;
  readonly problems: readonly string[];
}

/** Checks pages and examples of a checkout against the checkout itself. */
export async function checkDocs(
  root: string = ROOT,
  codes: readonly string[] = Object.keys(REASONS),
): Promise<DocsReport> {
  const known = await knownIn(root);
  const paths = [...ROOT_PAGES, ...(await filesBelow('docs', ['.md'], root))];
  const pages: Page[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const text = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (text === undefined) problems.push(`${path}: missing`);
    else pages.push(parsePage(path, text));
  }
  const examples = await filesBelow('examples', ['.yaml', '.yml'], root);
  for (const path of examples) problems.push(...exampleProblems(path, await readFile(join(root, path), 'utf8')));
  problems.push(
    ...linkProblems(pages, known),
    ...scriptProblems(pages, known),
    ...machinePathProblems(pages),
    ...reasonProblems(
      pages.find((page) => page.path === 'docs/errors.md'),
      codes,
    ),
    ...(await fenceProblems(pages, root)),
  );
  return { pageCount: pages.length, exampleCount: examples.length, problems };
}

async function knownIn(root: string): Promise<Known> {
  const files = await filesBelow('.', [''], root);
  const paths = new Set<string>(['.']);
  for (const file of files) for (let path = file; path !== '.'; path = posix.dirname(path)) paths.add(path);
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const scripts = typeof manifest === 'object' && manifest !== null && 'scripts' in manifest ? manifest.scripts : {};
  return { paths, scripts: new Set(Object.keys(scripts ?? {})) };
}

async function main(): Promise<number> {
  const { pageCount, exampleCount, problems } = await checkDocs();
  for (const problem of problems) console.error(problem);
  console.log(`${pageCount} pages, ${exampleCount} examples, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
