import { LAYERS } from '../../tools/layer-matrix.ts';
import type { Layer } from '../../tools/layer-matrix.ts';
import { accepted, refused } from './plant.ts';
import type { Plant } from './plant.ts';

/** Expressions that read or change the world; the linter knows these by name. */
const NAMED_USES: readonly string[] = [
  'Date.now()',
  "Date['now']()",
  'Math.random()',
  'performance.now()',
  'crypto.randomUUID()',
  'setTimeout(() => 1, 10)',
  'setInterval(() => 1, 10)',
  'setImmediate(() => 1)',
  'queueMicrotask(() => 1)',
  "console.log('seen')",
  'process.env',
  "fetch('http://example.test/')",
  "new WebSocket('ws://example.test/')",
  'globalThis.process',
  'AbortSignal.timeout(10)',
  "'a'.localeCompare('b')",
  "Buffer.from('a')",
  'new Intl.NumberFormat().format(1)',
];

/** Spellings that hide the same; the text check knows these. */
const HIDDEN_USES: readonly string[] = ['new Date()', 'new Date', 'Date()', 'Math', "Math['random']()", 'import.meta'];

/** Twins that depend on their arguments only. */
const PURE_USES: readonly string[] = [
  'new Date(0)',
  'new Date(1000).toISOString()',
  'Date.parse("1970-01-01")',
  'Math.max(1, 2)',
  'Math.floor(1.5)',
];

/** The ambient uses in each platform-free layer, and in a platform layer where they are fine. */
export function ambientPlants(): readonly Plant[] {
  return LAYERS.flatMap((layer) => [
    ...NAMED_USES.map((use, index) => ambientUse(layer, `named-${index}`, use, 'linter')),
    ...HIDDEN_USES.map((use, index) => ambientUse(layer, `hidden-${index}`, use, 'source')),
    ...PURE_USES.map((use, index) =>
      accepted(`${layer.folder}/pure-${index}.ts`, `${use} in ${layer.name}`, asExport(use)),
    ),
  ]);
}

function ambientUse(layer: Layer, name: string, use: string, tool: 'linter' | 'source'): Plant {
  const path = `${layer.folder}/ambient-${name}.ts`;
  const what = `${use} in ${layer.name}`;
  return layer.pure ? refused(path, what, asExport(use), [tool]) : accepted(path, what, asExport(use));
}

function asExport(use: string): string {
  return `export const used: unknown = ${use};`;
}
