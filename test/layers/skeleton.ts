import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, runNode } from '../../tools/run-node.ts';
import { sow } from './plant.ts';
import type { Plant } from './plant.ts';

const CONFIGURATION = ['.oxlintrc.json', '.dependency-cruiser.cjs', 'package.json', 'tsconfig.json'];
const RULE_SOURCES = ['tools/layer-matrix.ts', 'tools/lint'];

const BLIND = `const { cruiserRules } = require('./tools/lint/cruiser-rules.ts');
module.exports = { forbidden: cruiserRules(), options: { exclude: { path: '[.](ts|cjs)$' } } };
`;

/** A checkout that holds nothing but the checks' configuration and the plants. */
export interface Skeleton {
  readonly root: string;
  /** Rules that the linter named, by file. */
  lint(): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** Makes the cruiser pass over TypeScript without a word, as it does where its parser is not installed. */
  blindCruiser(): Promise<void>;
  remove(): Promise<void>;
}

interface LintOutput {
  readonly diagnostics: readonly { readonly filename: string; readonly code?: string }[];
}

/** Makes a skeleton in the system's temporary folder. */
export async function makeSkeleton(plants: readonly Plant[]): Promise<Skeleton> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-layers-'));
  await mkdir(join(root, 'tools'));
  for (const path of [...CONFIGURATION, ...RULE_SOURCES])
    await cp(join(ROOT, path), join(root, path), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  await sow(root, plants);
  return {
    root,
    lint: () => lint(root),
    blindCruiser: () => writeFile(join(root, '.dependency-cruiser.cjs'), BLIND),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

async function lint(root: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { stdout, stderr } = await runNode(
    [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--format', 'json', '.'],
    root,
  );
  if (!stdout.startsWith('{')) throw new Error(`Cannot read the linter's answer: ${stderr || stdout}`);
  const rules = new Map<string, Set<string>>();
  for (const { filename, code } of (JSON.parse(stdout) as LintOutput).diagnostics) {
    const rule = /\(([\w-]+)\)/.exec(code ?? '')?.[1] ?? code ?? 'unknown';
    rules.set(filename, (rules.get(filename) ?? new Set<string>()).add(rule));
  }
  return rules;
}
