import { edge, GENERATED_FOLDER, GENERATED_PACKAGES, LAYERS } from '../layer-matrix.ts';
import type { Layer } from '../layer-matrix.ts';

/** One forbidden kind of edge in dependency-cruiser's words. */
export interface CruiserRule {
  readonly name: string;
  readonly comment: string;
  readonly severity: 'error';
  readonly from: Readonly<Record<string, unknown>>;
  readonly to: Readonly<Record<string, unknown>>;
}

/**
 * The layer law as rules over the resolved import graph. The cruiser's parser cannot tell type imports from value imports, so
 * type-only edges pass here and are looked at by `tools/cruise.ts`; import cycles are the linter's for the same reason.
 */
export function cruiserRules(): readonly CruiserRule[] {
  return [...LAYERS.map(layerRule), generatedRule(), generatedPrivateRule(), unresolvedRule()];
}

function layerRule(layer: Layer): CruiserRule {
  const inside =
    layer.name === 'api'
      ? { path: `^${layer.folder}/`, pathNot: `^${GENERATED_FOLDER}/` }
      : { path: `^${layer.folder}/` };
  const reachable = LAYERS.filter((other) => edge(layer, other) !== 'forbidden').map((other) => `^${other.folder}/`);
  const open = layer.packages === 'any' ? { dependencyTypesNot: PACKAGE_TYPES } : {};
  return {
    severity: 'error',
    name: `layer-${layer.name}`,
    comment: `${layer.folder} may import: ${[...layer.layers, ...layer.typesOnly].join(', ') || 'nothing'}`,
    from: inside,
    to: { pathNot: [...reachable, ...packagePaths(layer)], ...open },
  };
}

const PACKAGE_TYPES = ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled'];

function packagePaths(layer: Layer): readonly string[] {
  return layer.packages === 'any' ? [] : layer.packages.map(packagePath);
}

function packagePath(name: string): string {
  return name.startsWith('node:') ? `^(node:)?${name.slice('node:'.length)}$` : `node_modules/(@types/)?${name}/`;
}

function generatedRule(): CruiserRule {
  return {
    name: 'layer-api-generated',
    comment: 'The compiled validators see the types of the kinds and their own run-time helpers, and nothing else.',
    severity: 'error',
    from: { path: `^${GENERATED_FOLDER}/` },
    to: { pathNot: ['^src/api/', ...GENERATED_PACKAGES.map(packagePath)] },
  };
}

function generatedPrivateRule(): CruiserRule {
  const others = LAYERS.filter((layer) => layer.name !== 'api').map((layer) => `^${layer.folder}/`);
  return {
    name: 'layer-api-generated-private',
    comment: 'The kind file in src/api gives its compiled validator a type; nobody else takes it raw.',
    severity: 'error',
    from: { path: others },
    to: { path: `^${GENERATED_FOLDER}/` },
  };
}

function unresolvedRule(): CruiserRule {
  return {
    name: 'no-unresolvable',
    comment: 'An import that leads nowhere is not checked by any other rule.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  };
}
