/** A place where a hot loop may be longer or more branched than the budget, with the reason. At most five. */
export interface HotKernel {
  readonly file: string;
  readonly reason: string;
}

/** The named exemptions from the function budgets. */
export const HOT_KERNELS: readonly HotKernel[] = [];

/** Rules for every file. */
export const BASE_RULES = {
  'eslint/max-lines': ['error', { max: 500, skipBlankLines: false, skipComments: false }],
  'eslint/max-lines-per-function': ['error', { max: 80, skipBlankLines: false, skipComments: false, IIFEs: true }],
  // Every `?.` and `??` counts as a branch here, which house style uses freely: 16 is about 12 of the other kind.
  'eslint/complexity': ['error', { max: 16 }],
  'eslint/max-depth': ['error', 4],
  'eslint/max-params': ['error', 5],
  'eslint/eqeqeq': 'error',
  'eslint/no-var': 'error',
  'eslint/prefer-const': 'error',
  'eslint/no-empty': 'error',
  'eslint/no-eval': 'error',
  'eslint/no-new-func': 'error',
  'eslint/no-throw-literal': 'error',
  'eslint/no-useless-return': 'error',
  'eslint/no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
  'import/no-default-export': 'error',
  'import/no-cycle': ['error', { ignoreTypes: false }],
  'import/no-self-import': 'error',
  'import/consistent-type-specifier-style': ['error', 'prefer-top-level'],
  'typescript/no-explicit-any': 'error',
  'typescript/no-non-null-assertion': 'error',
  'typescript/no-namespace': 'error',
  'typescript/ban-ts-comment': 'error',
  'typescript/consistent-type-imports': 'error',
  'typescript/no-require-imports': 'error',
  'typescript/no-floating-promises': 'error',
  'typescript/no-misused-promises': 'error',
  'typescript/await-thenable': 'error',
  'typescript/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, allowDefaultCaseForExhaustiveSwitch: true },
  ],
  'typescript/only-throw-error': 'error',
  'typescript/prefer-readonly': 'error',
  'typescript/require-array-sort-compare': 'error',
  'unicorn/no-abusive-eslint-disable': 'error',
} as const;

/** Tests read as tables: a `describe` callback may be long, and chai asserts by reading a property. */
export const TEST_RULES = {
  'eslint/max-lines-per-function': 'off',
  'eslint/max-params': 'off',
  'eslint/no-unused-expressions': 'off',
} as const;

/** CommonJS configuration files. */
export const COMMON_JS_RULES = {
  'typescript/no-require-imports': 'off',
  'typescript/unbound-method': 'off',
} as const;

/** What a hot kernel is excused from. */
export const HOT_KERNEL_RULES = {
  'eslint/max-lines-per-function': 'off',
  'eslint/complexity': 'off',
  'eslint/max-depth': 'off',
} as const;

/** A task knows its job, and a job its tasks and the lists in which it stands: the one circle of the house, types counted. */
export const MODEL_CIRCLE = [
  'holding',
  'job',
  'job-block',
  'job-set',
  'job-tasks',
  'sub-group',
  'sub-groups',
  'task',
].map((name) => `src/scheduler/model/${name}.ts`);
