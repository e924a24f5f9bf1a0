import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LAYERS } from './layer-matrix.ts';
import { ROOT } from './run-node.ts';
import { filesBelow } from './source-file.ts';

const MAX_LINES = 500;
const FOLDERS = ['src', 'webhooks', 'certs', 'bin', 'test', 'bench', 'tools'];

/** Spellings that say the same as a banned ambient use and that the linter's rules cannot see. */
const PURE_BANS: readonly Ban[] = [
  {
    pattern: /\bnew Date(\(\s*\)|(?=\s*[;,)\]}]))/,
    message: 'new Date() reads the clock; take the time from the input',
  },
  {
    pattern: /(?<![.\w])Date\(/,
    without: /\bnew Date\(/g,
    message: 'Date() reads the clock; take the time from the input',
  },
  {
    pattern: /(?:[=(,[:?]|\breturn)\s*(?:Math|Date|Atomics)\b(?!\s*[.(])/,
    message: 'an alias of Math or Date hides its clock and chance',
  },
  {
    pattern: /\b(?:Math|Date|Atomics)\s*(?:\?\.\s*)?\[/,
    message: 'Math or Date by computed name hides its clock and chance',
  },
  { pattern: /\bReflect\.(?:get|apply|construct)\b/, message: 'reflection hides what is used' },
  { pattern: /\bimport\.meta\b/, message: 'import.meta knows the platform' },
];

/** Comments that switch a check off; the layers are checked without exceptions. */
const LAYER_BANS: readonly Ban[] = [
  { pattern: /(?:oxlint|eslint)-disable/, message: 'linter exemptions are named in tools/lint/rules.ts' },
  { pattern: /@ts-(?:ignore|nocheck|expect-error)/, message: 'the compiler is not silenced in the layers' },
  { pattern: /prettier-ignore/, message: 'the formatter is not silenced in the layers' },
];

interface Ban {
  readonly pattern: RegExp;
  /** Text that is taken out of the line before the pattern looks at it. */
  readonly without?: RegExp;
  readonly message: string;
}

/** What the text check found: sizes over all files, and one line for each problem. */
export interface SourceReport {
  readonly fileCount: number;
  readonly medianLines: number;
  readonly p90Lines: number;
  readonly problems: readonly string[];
}

/** Reads every source file once: sizes, escapes from the checks, and hidden clocks. */
export async function checkSource(root: string = ROOT): Promise<SourceReport> {
  const perFolder = await Promise.all(FOLDERS.map((folder) => filesBelow(folder, ['.ts', '.js', '.cjs'], root)));
  const files = perFolder.flat().filter((file) => !file.startsWith('src/api/generated/'));
  const sizes: number[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const lines = (await readFile(join(root, file), 'utf8')).trimEnd().split('\n');
    sizes.push(lines.length);
    if (lines.length > MAX_LINES) problems.push(`${file}: ${lines.length} lines, more than ${MAX_LINES}`);
    problems.push(...bannedLines(file, lines), ...schemaImports(file, lines));
  }
  sizes.sort((a, b) => a - b);
  return { fileCount: files.length, medianLines: quantile(sizes, 0.5), p90Lines: quantile(sizes, 0.9), problems };
}

function bannedLines(file: string, lines: readonly string[]): readonly string[] {
  const layer = LAYERS.find((candidate) => file.startsWith(`${candidate.folder}/`));
  if (layer === undefined) return [];
  return lines.flatMap((line, index) => {
    const code = line.replace(/^\s*(?:\*|\/\*\*?|\/\/).*$|\/\/\s.*$/, '');
    const hidden = layer.pure ? PURE_BANS.filter((ban) => hits(ban, code)) : [];
    return [...hidden, ...LAYER_BANS.filter((ban) => hits(ban, line))].map(
      (ban) => `${file}:${index + 1}: ${ban.message}`,
    );
  });
}

/**
 * Schemas are what CRDs, validators and pages are made from. A thread that serves has the validators; with the schemas each
 * thread would load their builder too, hundreds of modules.
 */
function schemaImports(file: string, lines: readonly string[]): readonly string[] {
  const mayLoad = SCHEMA_READERS.some((folder) => file.startsWith(folder));
  if (mayLoad || !LAYERS.some((layer) => file.startsWith(`${layer.folder}/`))) return [];
  const taken = [...lines.join('\n').matchAll(VALUE_IMPORT)].map(([, path = '']) => join(dirname(file), path));
  return taken
    .filter((path) => path.startsWith(SCHEMAS))
    .map((path) => `${file}: loads ${path}; schemas are for what writes them`);
}

const SCHEMAS = 'src/api/kinds/';
/** Commands load what they need when they run. */
const SCHEMA_READERS = [SCHEMAS, 'src/cli/'];
const VALUE_IMPORT = /^(?:import|export)\s+(?!type\b)[^;]*?from '(\.[^']+)'/gm;

function hits(ban: Ban, text: string): boolean {
  return ban.pattern.test(ban.without === undefined ? text : text.replaceAll(ban.without, ''));
}

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0;
}

async function main(): Promise<number> {
  const { fileCount, medianLines, p90Lines, problems } = await checkSource();
  for (const problem of problems) console.error(problem);
  console.log(`${fileCount} files, median ${medianLines} lines, p90 ${p90Lines}, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
