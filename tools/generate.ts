import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './run-node.ts';
import { filesBelow } from './source-file.ts';

/** A file in `tools/generators/`: from the one source to the texts of the files that follow from it, by path from the root. */
export interface Generator {
  outputs(): Promise<ReadonlyMap<string, string>>;
}

/** A generated file and whether the checkout holds it as it should be. */
export interface Output {
  readonly path: string;
  readonly text: string;
  readonly state: 'same' | 'drifted' | 'missing';
}

/** Runs every generator below a root and compares its files with those of the checkout. */
export async function generate(root: string = ROOT): Promise<readonly Output[]> {
  const outputs: Output[] = [];
  const madeBy = new Map<string, string>();
  for (const file of await generatorFiles(root)) {
    const generator = asGenerator(file, await import(pathToFileURL(join(root, file)).href));
    for (const [path, text] of await generator.outputs()) {
      const other = madeBy.get(path);
      if (other !== undefined) throw new Error(`Cannot generate ${path}: made by ${other} and by ${file}`);
      madeBy.set(path, file);
      outputs.push({ path, text, state: await stateOf(join(root, path), text) });
    }
  }
  return outputs.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Files directly in the folder; helpers of generators live in folders below it. */
async function generatorFiles(root: string): Promise<readonly string[]> {
  const files = await filesBelow('tools/generators', ['.ts'], root);
  return files.filter((file) => file.split('/').length === 3);
}

function asGenerator(file: string, module: unknown): Generator {
  if (typeof module === 'object' && module !== null && 'outputs' in module && typeof module.outputs === 'function') {
    return module as Generator;
  }
  throw new Error(`Cannot use ${file}: it does not export outputs()`);
}

async function stateOf(path: string, text: string): Promise<Output['state']> {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present === undefined) return 'missing';
  return present === text ? 'same' : 'drifted';
}

async function write(outputs: readonly Output[]): Promise<void> {
  for (const { path, text } of outputs) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}

async function main(checkOnly: boolean): Promise<number> {
  const outputs = await generate();
  const stale = outputs.filter((output) => output.state !== 'same');
  if (!checkOnly) await write(stale);
  else for (const { path, state } of stale) console.error(`${path}: ${state}; run npm run gen`);
  console.log(`${outputs.length} generated files, ${stale.length} ${checkOnly ? 'out of date' : 'written'}`);
  return checkOnly && stale.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.includes('--check'));
