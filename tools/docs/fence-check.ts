import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, runNode } from '../run-node.ts';
import type { Fence, Page } from './markdown.ts';

const LANGUAGES = new Set(['ts', 'typescript']);

/** Type-checks the `ts` fences of the pages with the project's own settings, all in one run of the compiler. */
export async function fenceProblems(pages: readonly Page[], root: string = ROOT): Promise<readonly string[]> {
  const fences = pages.flatMap((page) => typeScriptFences(page).map((fence) => ({ page, fence })));
  if (fences.length === 0) return [];
  await mkdir(join(root, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(root, '.cache/docs-'));
  try {
    const names = await writeFences(
      folder,
      fences.map(({ fence }) => fence),
    );
    const { stdout } = await runNode(
      [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'],
      root,
    );
    return stdout.split('\n').flatMap((line) => {
      const match = /([\w-]+\.ts)\((\d+),\d+\): error (.*)$/.exec(line);
      if (match === null) return /\berror TS/.test(line) ? [`docs: ${line}`] : [];
      // Errors in the sources that a fence imports are the type check's to tell.
      const found = fences[names.indexOf(match[1] ?? '')];
      return found === undefined
        ? []
        : [`${found.page.path}:${found.fence.line + Number(match[2])}: ${match[3] ?? ''}`];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function typeScriptFences(page: Page): readonly Fence[] {
  return page.fences.filter((fence) => LANGUAGES.has(fence.language));
}

/** Imports in a fence are written as seen from the root, e.g. `./src/lib/json.ts`. */
async function writeFences(folder: string, fences: readonly Fence[]): Promise<readonly string[]> {
  const settings = {
    extends: '../../tsconfig.json',
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, typeRoots: ['../../node_modules/@types'] },
    include: ['*.ts'],
    exclude: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  const names = fences.map((_, index) => `fence-${index}.ts`);
  for (const [index, fence] of fences.entries()) {
    const text = fence.text.replaceAll(/(from\s+|import\()'\.\//g, "$1'../../");
    await writeFile(join(folder, names[index] ?? ''), `${text}\nexport {};\n`);
  }
  return names;
}
