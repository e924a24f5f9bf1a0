import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { edge, LAYERS } from './layer-matrix.ts';
import type { Layer } from './layer-matrix.ts';
import { ROOT, runNode } from './run-node.ts';

/** One import that the layer law forbids, as the resolved import graph shows it. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** The resolved import graph of some folders: every file that was read and every forbidden edge. */
export interface Cruise {
  readonly sources: readonly string[];
  readonly violations: readonly Violation[];
}

interface Dependency {
  readonly module: string;
  readonly resolved: string;
}

interface Output {
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly Dependency[] }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** Reads the import graph below the folders of a checkout and judges each edge. */
export async function cruise(folders: readonly string[], root: string = ROOT): Promise<Cruise> {
  const args = [CRUISER, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  const { stdout, stderr } = await runNode(args, root);
  if (!stdout.startsWith('{')) throw new Error(`Cannot read the import graph: ${stderr || stdout}`);
  const output = JSON.parse(stdout) as Output;
  const forbidden = output.summary.violations.map(({ from, to, rule }) => ({ from, to, rule: rule.name }));
  return {
    sources: output.modules.map((module) => module.source),
    violations: [...forbidden, ...(await typeOnlyViolations(output, root))],
  };
}

/** Values taken over an edge that is open to types only; the cruiser's parser does not tell them apart, so the text decides. */
async function typeOnlyViolations(output: Output, root: string): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  for (const { source, dependencies } of output.modules) {
    const narrow = dependencies.filter((dependency) => isTypeEdge(source, dependency.resolved));
    if (narrow.length === 0) continue;
    const text = await readFile(join(root, source), 'utf8');
    for (const { module, resolved } of narrow) {
      if (takesValues(text, module)) found.push({ rule: 'layer-types-only', from: source, to: resolved });
    }
  }
  return found;
}

function isTypeEdge(source: string, target: string): boolean {
  const from = layerOf(source);
  const to = layerOf(target);
  return from !== undefined && to !== undefined && edge(from, to) === 'type';
}

function layerOf(path: string): Layer | undefined {
  return LAYERS.find((layer) => path.startsWith(`${layer.folder}/`));
}

/** True when a statement that names the specifier is anything but `import type` or `export type`. */
function takesValues(text: string, specifier: string): boolean {
  const statements = text.split(/;|\n(?=import\b|export\b)/).filter((part) => part.includes(`'${specifier}'`));
  return statements.some((statement) => !/^\s*(import|export)\s+type\s/.test(withoutComments(statement)));
}

function withoutComments(statement: string): string {
  return statement.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
