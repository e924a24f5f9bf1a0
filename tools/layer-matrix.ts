/** The layer law: the only place that says which folder may import which. The linter's and the graph checker's rules are derived from it. */

/** One folder of the source tree and all that its files may import; what is not listed is forbidden. */
export interface Layer {
  readonly name: string;
  readonly folder: string;
  /** Layers whose values and types may be imported. */
  readonly layers: readonly string[];
  /** Layers of which only types may be imported. */
  readonly typesOnly: readonly string[];
  /** Packages and `node:` modules by name (with their subpaths), or `any`. */
  readonly packages: readonly string[] | 'any';
  /** No ambient clock, randomness, timers, console, environment or network. */
  readonly pure: boolean;
}

const ENGINE_VIEW = ['lib', 'api', 'config', 'scheduler', 'controllers', 'webhooks'];

/** Every layer, from the bottom up. */
export const LAYERS: readonly Layer[] = [
  pure('lib', 'src/lib', []),
  { ...pure('cel', 'src/cel', ['lib']), packages: ['@bufbuild/re2'] },
  { ...pure('api', 'src/api', ['lib', 'cel']), packages: ['typebox', 'yaml'] },
  pure('config', 'src/config', ['lib', 'api']),
  { ...pure('scheduler', 'src/scheduler', ['lib', 'api']), typesOnly: ['config'] },
  pure('controllers', 'src/controllers', ['lib', 'api']),
  pure('webhooks', 'webhooks', ['lib', 'api', 'cel']),
  { ...pure('certs', 'certs', ['lib']), packages: ['node-forge', 'node:crypto'] },
  pure('engine', 'src/engine', ENGINE_VIEW),
  pure('sim', 'src/sim', [...ENGINE_VIEW, 'engine']),
  platform('adapters', 'src/adapters', ['lib', 'api', 'config', 'engine', 'webhooks', 'certs']),
  platform('cli', 'src/cli', [...ENGINE_VIEW, 'cel', 'certs', 'engine', 'sim', 'adapters']),
];

/** Folders around the layers: they may import everything, and no layer may import them. */
export const OUTER_FOLDERS: readonly string[] = ['bin', 'test', 'bench', 'tools', 'manifests', 'examples'];

/** Compiled validators: generated CommonJS that carries its own helpers, so the package rule has one exception. */
export const GENERATED_FOLDER = 'src/api/generated';

/** Packages whose run-time helpers the compiled validators require. */
export const GENERATED_PACKAGES: readonly string[] = ['ajv'];

/** The layer of a name; a name that is not in the table is a bug of the table. */
export function layerNamed(name: string): Layer {
  const found = LAYERS.find((layer) => layer.name === name);
  if (found === undefined) throw new Error(`Cannot find layer ${name}: not in the matrix`);
  return found;
}

/** Whether a file of one layer may import from the other, and in which form. */
export function edge(from: Layer, to: Layer): 'value' | 'type' | 'forbidden' {
  if (from.name === to.name || from.layers.includes(to.name)) return 'value';
  return from.typesOnly.includes(to.name) ? 'type' : 'forbidden';
}

function pure(name: string, folder: string, layers: readonly string[]): Layer {
  return { name, folder, layers, typesOnly: [], packages: [], pure: true };
}

function platform(name: string, folder: string, layers: readonly string[]): Layer {
  return { name, folder, layers, typesOnly: [], packages: 'any', pure: false };
}
