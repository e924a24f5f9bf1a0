import { GENERATED_FOLDER, LAYERS } from '../layer-matrix.ts';
import type { Layer } from '../layer-matrix.ts';
import { AMBIENT_EXEMPTIONS, AMBIENT_GLOBALS, AMBIENT_PROPERTIES } from '../lint/ambient.ts';
import type { AmbientExemption } from '../lint/ambient.ts';
import { BASE_RULES, COMMON_JS_RULES, HOT_KERNEL_RULES, HOT_KERNELS, MODEL_CIRCLE, TEST_RULES } from '../lint/rules.ts';
import { climbsInto, forbiddenFolders, packagesOtherThan, typeOnlyFolders } from '../lint/specifier-pattern.ts';

/** The linter's configuration: the house rules, and one override a layer derived from the layer matrix. */
export function outputs(): Promise<ReadonlyMap<string, string>> {
  return Promise.resolve(new Map([['.oxlintrc.json', `${JSON.stringify(configuration(), null, 2)}\n`]]));
}

function configuration(): object {
  return {
    $schema: './node_modules/oxlint/configuration_schema.json',
    plugins: ['eslint', 'typescript', 'import', 'unicorn', 'oxc', 'promise', 'node'],
    categories: { correctness: 'error' },
    options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
    env: { builtin: true, es2024: true, node: true },
    ignorePatterns: ['node_modules/**', `${GENERATED_FOLDER}/**`, 'coverage/**', '.cache/**', '.sluice/**'],
    rules: BASE_RULES,
    overrides: [
      ...LAYERS.map(layerOverride),
      ...AMBIENT_EXEMPTIONS.map(exemption),
      { files: ['test/**'], rules: TEST_RULES },
      { files: ['**/*.cjs'], rules: COMMON_JS_RULES },
      { files: MODEL_CIRCLE, rules: { 'import/no-cycle': 'off' } },
      ...HOT_KERNELS.map((kernel) => ({ files: [kernel.file], rules: HOT_KERNEL_RULES })),
    ],
  };
}

function layerOverride(layer: Layer): object {
  const rules = {
    'eslint/no-restricted-imports': ['error', { patterns: importPatterns(layer) }],
    ...(layer.pure
      ? {
          'eslint/no-restricted-globals': ['error', ...AMBIENT_GLOBALS],
          'eslint/no-restricted-properties': ['error', ...AMBIENT_PROPERTIES],
        }
      : {}),
  };
  return { files: [`${layer.folder}/**`], rules };
}

function exemption({ file, global }: AmbientExemption): object {
  const others = AMBIENT_GLOBALS.filter(({ name }) => name !== global);
  return { files: [file], rules: { 'eslint/no-restricted-globals': ['error', ...others] } };
}

function importPatterns(layer: Layer): readonly object[] {
  const typesOnly = typeOnlyFolders(layer);
  const message = `The layer law (tools/layer-matrix.ts) forbids this import in ${layer.folder}.`;
  return [
    { regex: climbsInto(forbiddenFolders(layer)), message },
    ...(typesOnly.length > 0
      ? [{ regex: climbsInto(typesOnly), allowTypeImports: true, message: `${message} Types are allowed.` }]
      : []),
    ...(layer.packages === 'any' ? [] : [{ regex: packagesOtherThan(layer.packages), message }]),
    { regex: '^(/|file:|#)', message: 'Imports are relative paths or package names.' },
  ];
}
