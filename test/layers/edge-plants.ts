import { edge, LAYERS, OUTER_FOLDERS } from '../../tools/layer-matrix.ts';
import type { Layer } from '../../tools/layer-matrix.ts';
import { accepted, refused, specifier } from './plant.ts';
import type { Plant } from './plant.ts';

/** The packages that some layer may import and others may not. */
const PACKAGES = [
  'node:fs',
  'node:crypto',
  'fs',
  'node:fs/promises',
  'typebox',
  'typebox/value',
  'node-forge',
  '@bufbuild/re2',
  'yaml',
  'express',
];

const EDGE_TOOLS = ['linter', 'graph'] as const;

/** Every import from a layer into a layer, into a folder around them, and of a package, forbidden or not. */
export function edgePlants(): readonly Plant[] {
  return [
    ...[...LAYERS.map((layer) => layer.folder), ...OUTER_FOLDERS].map(targetPlant),
    ...LAYERS.flatMap((from) => LAYERS.flatMap((to) => layerEdge(from, to))),
    ...LAYERS.flatMap((from) => OUTER_FOLDERS.flatMap((to) => inwardEdge(from, to))),
    ...OUTER_FOLDERS.flatMap((from) => LAYERS.map((to) => outwardEdge(from, to))),
    ...LAYERS.flatMap((layer) => PACKAGES.map((name) => packageEdge(layer, name))),
    ...generatedEdges(),
  ];
}

function targetPlant(folder: string): Plant {
  return accepted(
    targetOf(folder),
    'a file that others import',
    'export const target = 1;\nexport interface Shape { readonly size: number }',
  );
}

function targetOf(folder: string): string {
  return `${folder}/nested/target.ts`;
}

function layerEdge(from: Layer, to: Layer): readonly Plant[] {
  const kind = edge(from, to);
  return forms(from, to.folder, to.name).map(({ path, what, text, value }) =>
    kind === 'value' || (kind === 'type' && !value)
      ? accepted(path, what, text)
      : refused(path, what, text, EDGE_TOOLS),
  );
}

interface Form {
  readonly path: string;
  readonly what: string;
  readonly text: string;
  readonly value: boolean;
}

/** An import in each of the ways that the language has, from two depths. */
function forms(from: Layer, toFolder: string, toName: string): readonly Form[] {
  const texts: readonly (readonly [string, boolean, (to: string) => string])[] = [
    ['value', true, (to) => `import { target } from '${to}';\nexport const taken = target;`],
    ['type', false, (to) => `import type { Shape } from '${to}';\nexport type Taken = Shape;`],
    ['all', true, (to) => `export * from '${to}';`],
    ['effect', true, (to) => `import '${to}';`],
    ['dynamic', true, (to) => `export const taken = import('${to}');`],
  ];
  return texts.map(([form, value, text], index) => {
    const path = `${from.folder}/${index % 2 === 0 ? '' : 'deep/'}${form}-of-${toName}.ts`;
    return {
      path,
      value,
      what: `${form} import from ${from.name} into ${toName}`,
      text: text(specifier(path, targetOf(toFolder))),
    };
  });
}

function inwardEdge(from: Layer, toFolder: string): readonly Plant[] {
  return forms(from, toFolder, toFolder).map(({ path, what, text }) => refused(path, what, text, EDGE_TOOLS));
}

function outwardEdge(from: string, to: Layer): Plant {
  const path = `${from}/value-of-${to.name}.ts`;
  const text = `import { target } from '${specifier(path, targetOf(to.folder))}';\nexport const taken = target;`;
  return accepted(path, `value import from ${from} into ${to.name}`, text);
}

function packageEdge(layer: Layer, name: string): Plant {
  const path = `${layer.folder}/package-${name.replaceAll(/\W/g, '-')}.ts`;
  const text = `import * as taken from '${name}';\nexport const names = Object.keys(taken);`;
  const what = `import of ${name} in ${layer.name}`;
  const open =
    layer.packages === 'any' || layer.packages.some((allowed) => name === allowed || name.startsWith(`${allowed}/`));
  return open ? accepted(path, what, text) : refused(path, what, text, EDGE_TOOLS);
}

/** Compiled validators: free to use their helpers, and seen by the kind files only. */
function generatedEdges(): readonly Plant[] {
  const raw = 'src/api/generated/raw.cjs';
  const user = (path: string) => `import raw from '${specifier(path, raw)}';\nexport const taken: unknown = raw;`;
  return [
    accepted(raw, 'a compiled validator', `module.exports = require('ajv/dist/runtime/equal');`),
    refused('src/api/generated/rogue.cjs', 'express in a compiled validator', `module.exports = require('express');`, [
      'graph',
    ]),
    accepted('src/api/generated-user.ts', 'a kind file that uses its validator', user('src/api/generated-user.ts')),
    refused('src/config/generated-user.ts', 'a raw validator outside src/api', user('src/config/generated-user.ts'), [
      'graph',
    ]),
  ];
}
