import type { Command } from 'commander';
import { APPLY_FORMATS } from './policy/apply-format.ts';
import { EXIT } from './policy/exit-code.ts';
import type { RawExportOptions } from './policy/export-command.ts';
import type { RawLintOptions } from './policy/lint-command.ts';
import { readPolicyOptions } from './policy/policy-options.ts';
import type { PolicyOptions, RawPolicyOptions } from './policy/policy-options.ts';
import type { RawTestOptions } from './policy/test-policies.ts';

/** Takes the exit code of a command. */
export type EndWith = (code: number) => void;

const FILES = 'file or folder with policies, objects, and what they look up; - for the standard input; may be repeated';

/** `sluice policy` and its commands: none of them needs a cluster. */
export function policyCommands(program: Command, end: EndWith): void {
  const policy = program
    .command('policy')
    .description('Works on policies without a cluster, with the code that the webhooks run.');
  applyCommand(policy, end);
  testCommand(policy, end);
  explainCommand(policy, end);
  lintCommand(policy, end);
  exportCommand(policy, end);
}

function applyCommand(policy: Command, end: EndWith): void {
  const command = policy
    .command('apply')
    .description(
      'Tells what policies make of objects. Exit code 1: one is refused, 2: wrong input, 3: one could not be decided.',
    );
  asked(command)
    .option(
      '-o, --output <format>',
      `${APPLY_FORMATS.join(', ')}; yaml prints the objects as they would be stored`,
      'table',
    )
    .option('--allow-skips', 'objects that cannot be decided without a cluster are no error')
    .action((raw: RawPolicyOptions) =>
      run(
        'apply',
        readPolicyOptions(raw, APPLY_FORMATS),
        async () => (await import('./policy/apply.ts')).applyPolicies,
        end,
      ),
    );
}

function explainCommand(policy: Command, end: EndWith): void {
  const command = policy
    .command('explain')
    .description(
      'Tells in their order which policies are for an object, what each changes, and why the others are not.',
    );
  asked(command)
    .option('-o, --output <format>', 'text or json', 'text')
    .action((raw: RawPolicyOptions) =>
      run(
        'explain',
        readPolicyOptions(raw, ['text', 'json'] as const),
        async () => (await import('./policy/apply.ts')).explainPolicies,
        end,
      ),
    );
}

function testCommand(policy: Command, end: EndWith): void {
  policy
    .command('test')
    .description(
      'Runs the tests in sluice-test.yaml files. Exit code 1: one failed, 2: wrong input, 3: one could not be decided.',
    )
    .argument('<folder...>', 'folders that are searched, or files')
    .option('-o, --output <format>', 'table, json or junit', 'table')
    .option('--junit <file>', 'write the report for JUnit to a file as well')
    .option('--require-tests', 'finding no test is a failure')
    .option('--allow-skips', 'tests that cannot be decided without a cluster are no error')
    .action(async (folders: string[], raw: RawTestOptions) => {
      const { testPolicies } = await import('./policy/test-policies.ts');
      end(await testPolicies(folders, raw));
    });
}

function lintCommand(policy: Command, end: EndWith): void {
  policy
    .command('lint')
    .description('Tells what is wrong with policies, with file and line. Exit code 1: something is, 2: wrong input.')
    .option('-f, --filename <path>', FILES, collect)
    .option('-o, --output <format>', 'text or json', 'text')
    .option('--strict', 'warnings count as errors')
    .action(async (raw: RawLintOptions) => {
      const { lintFiles } = await import('./policy/lint-command.ts');
      end(await lintFiles(raw));
    });
}

function exportCommand(policy: Command, end: EndWith): void {
  policy
    .command('export')
    .description('Prints policies in a form that the API server keeps by itself, for the time when no webhook answers.')
    .option('-f, --filename <path>', 'file or folder with policies; - for the standard input; may be repeated', collect)
    .option('--vap', 'as ValidatingAdmissionPolicy and binding: what surely holds of new objects; the rest is told')
    .action(async (raw: RawExportOptions) => {
      const { exportPolicies } = await import('./policy/export-command.ts');
      end(await exportPolicies(raw));
    });
}

/** Options of all commands that are asked about objects. */
function asked(command: Command): Command {
  return command
    .option('-f, --filename <path>', FILES, collect)
    .option('--user <name>', 'who writes the objects', 'somebody')
    .option('--group <name>', 'a group of that user; may be repeated', collect)
    .option('-n, --namespace <name>', 'namespace of objects that name none', 'default');
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function run<Format extends string>(
  name: string,
  options: PolicyOptions<Format> | string,
  load: () => Promise<(options: PolicyOptions<Format>) => Promise<number>>,
  end: EndWith,
): Promise<void> {
  if (typeof options !== 'string') {
    const command = await load();
    return end(await command(options));
  }
  console.error(`sluice policy ${name}: ${options}`);
  end(EXIT.badInput);
}
