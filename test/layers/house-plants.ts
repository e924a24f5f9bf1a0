import { accepted, refused } from './plant.ts';
import type { Plant } from './plant.ts';

const MANY_LINES = Array.from({ length: 85 }, (_, index) => `  total += ${index};`).join('\n');
const MANY_BRANCHES = Array.from({ length: 17 }, (_, index) => `  if (value === ${index}) return ${index + 1};`).join(
  '\n',
);
const LONG_FILE = Array.from({ length: 505 }, (_, index) => `export const value${index} = ${index};`).join('\n');

/** One broken house rule each, with the linter's name of the rule. */
const BROKEN: readonly (readonly [rule: string, text: string])[] = [
  ['no-floating-promises', 'async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}'],
  [
    'no-misused-promises',
    'export function each(items: readonly number[]): void {\n  items.forEach(async (item) => { await Promise.resolve(item); });\n}',
  ],
  ['await-thenable', 'export async function wait(): Promise<void> {\n  await 1;\n}'],
  [
    'switch-exhaustiveness-check',
    "export function size(kind: 'small' | 'large'): number {\n  switch (kind) {\n    case 'small':\n      return 1;\n  }\n  return 2;\n}",
  ],
  ['no-explicit-any', 'export const value: any = 1;'],
  ['no-non-null-assertion', 'export function first(items: readonly number[]): number {\n  return items[0]!;\n}'],
  ['no-default-export', 'export default 1;'],
  ['ban-ts-comment', "// @ts-ignore\nexport const value: number = 'a';"],
  ['no-warning-comments', '// TODO later\nexport const value = 1;'],
  ['max-lines', LONG_FILE],
  ['max-lines-per-function', `export function sum(): number {\n  let total = 0;\n${MANY_LINES}\n  return total;\n}`],
  ['complexity', `export function pick(value: number): number {\n${MANY_BRANCHES}\n  return 0;\n}`],
  [
    'max-depth',
    'export function deep(a: boolean): number {\n  if (a) { if (!a) { if (a) { if (!a) { if (a) return 1; } } } }\n  return 0;\n}',
  ],
  [
    'max-params',
    'export function many(a: number, b: number, c: number, d: number, e: number, f: number): number {\n  return a + b + c + d + e + f;\n}',
  ],
  ['no-unused-vars', 'const unused = 1;\nexport const value = 2;'],
];

/** A plant and the rule that has to name it. */
export interface HousePlant extends Plant {
  readonly rule: string;
}

/** Files that break one house rule each. */
export function housePlants(): readonly HousePlant[] {
  const cycle = (name: string, other: string) =>
    `import { ${other} } from './cycle-${other}.ts';\nexport function ${name}(): unknown {\n  return ${other};\n}`;
  return [
    ...BROKEN.map(([rule, text]) => house(`src/lib/house-${rule}.ts`, rule, text)),
    house('src/lib/cycle-left.ts', 'no-cycle', cycle('left', 'right')),
    house('src/lib/cycle-right.ts', 'no-cycle', cycle('right', 'left')),
    house('src/lib/shape.ts', 'no-cycle', shape('Shape', 'Form')),
    house('src/lib/form.ts', 'no-cycle', shape('Form', 'Shape')),
  ];
}

/** The one circle of the house: a task knows its job, and a job its tasks. */
export function modelCirclePlants(): readonly Plant[] {
  return [
    accepted('src/scheduler/model/task.ts', 'a task that knows its job', shape('Task', 'Job')),
    accepted('src/scheduler/model/job.ts', 'a job that knows its tasks', shape('Job', 'Task')),
  ];
}

function shape(name: string, other: string): string {
  return `import type { ${other} } from './${other.toLowerCase()}.ts';\nexport interface ${name} { readonly other: ${other} }`;
}

function house(path: string, rule: string, text: string): HousePlant {
  return { ...refused(path, `broken rule ${rule}`, text, ['linter']), rule };
}
