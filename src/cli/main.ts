import { Argument, Command, CommanderError, Option } from 'commander';
import type { UninstallTarget } from './uninstall.ts';
import { serveCommand, withCluster } from './serve/serve-command.ts';
import type { RawServeOptions } from './serve/serve-options.ts';
import type { DoctorOptions } from './doctor/doctor.ts';
import type { RawExplainOptions } from './explain/explain-options.ts';
import type { MigrateOptions } from './migrate/migrate.ts';
import { policyCommands } from './policy-command.ts';
import type { EndWith } from './policy-command.ts';
import { candidates } from './completion/candidates.ts';
import { completionScript, SHELLS } from './completion/scripts.ts';
import type { Shell } from './completion/scripts.ts';
import type { RawGetOptions } from './get/get.ts';
import { GET_FORMATS } from './get/get-format.ts';
import { LISTED_KINDS } from './get/listed-kind.ts';
import { sluiceVersion } from './version.ts';

/** Runs `sluice` with the arguments of the process; resolves with its exit code. Never rejects for a user's mistake. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = programOf((ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return code;
}

/** Prints what may follow these words, in the form that kubectl asks of its plugins: candidates, then a line with a colon. */
export function complete(words: readonly string[]): void {
  for (const word of candidates(
    programOf(() => undefined),
    words,
  ))
    console.log(word);
  console.log(':4');
}

/**
 * All commands of `sluice`; `end` takes the exit code. What a command needs is loaded when it runs: help and completion
 * answer at once, and a server keeps no code of the others.
 */
function programOf(end: EndWith): Command {
  const program = new Command('sluice')
    .description('Admission-first batch system for Kubernetes: gangs, queues and fair share from the front door.')
    .version(sluiceVersion(), '--version', 'tell the version')
    .exitOverride()
    .showHelpAfterError('(sluice --help tells more)');
  serveCommand(program).action(async (raw: RawServeOptions) => {
    const { readServeOptions } = await import('./serve/serve-options.ts');
    const options = readServeOptions(raw);
    if (typeof options === 'string') {
      console.error(`sluice serve: ${options}`);
      end(2);
      return;
    }
    const { serve } = await import('./serve/serve.ts');
    end(await serve(options));
  });
  uninstallCommand(program).action(async (target: UninstallTarget) => {
    const { uninstall } = await import('./uninstall.ts');
    end(await uninstall(target));
  });
  explainCommand(program).action(async (what: string, raw: RawExplainOptions) => {
    const { readExplainOptions } = await import('./explain/explain-options.ts');
    const options = readExplainOptions(what, raw);
    if (typeof options === 'string') {
      console.error(`sluice explain: ${options}`);
      end(2);
      return;
    }
    const { explain } = await import('./explain/explain.ts');
    end(await explain(options));
  });
  doctorCommand(program).action(async (options: DoctorOptions) => {
    const { doctor } = await import('./doctor/doctor.ts');
    end(await doctor(options));
  });
  migrateCommand(program).action(async (options: MigrateOptions) => {
    const { migrate } = await import('./migrate/migrate.ts');
    end(await migrate(options));
  });
  getCommand(program).action(async (kind: string, name: string | undefined, raw: RawGetOptions) => {
    const { get } = await import('./get/get.ts');
    end(await get(kind, name, raw));
  });
  policyCommands(program, end);
  completionCommands(program);
  return program;
}

function getCommand(program: Command): Command {
  const command = program
    .command('get')
    .description('Lists groups with why they wait, queues with what they hold, or Jobs of Volcano.')
    .addArgument(new Argument('<kind>', 'what to list').choices(LISTED_KINDS.flatMap(({ names }) => names)))
    .argument('[name]', 'only the one with this name')
    .option('-n, --namespace <name>', 'namespace (default: that of the context)')
    .option('-A, --all-namespaces', 'of all namespaces')
    .addOption(new Option('-o, --output <format>', 'how it is told').choices(GET_FORMATS).default('table'));
  return userCluster(command);
}

function completionCommands(program: Command): void {
  program
    .command('completion')
    .description('Prints what a shell needs to complete commands: source <(sluice completion bash)')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: Shell) => console.log(completionScript(shell)));
  program
    .command('__complete', { hidden: true })
    .argument('[word...]', 'words typed so far')
    .action((words: string[]) => {
      for (const word of candidates(program, words)) console.log(word);
    });
}

/** The cluster that a command of people is about. */
function userCluster(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: as kubectl has it)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)');
}

function uninstallCommand(program: Command): Command {
  const command = program
    .command('uninstall')
    .description('Removes the webhook configurations: the API server asks Sluice no more. Everything else stays.')
    .addOption(
      new Option('--compat <system>', 'those under the names of another batch system, too').choices(['volcano']),
    );
  return withCluster(command);
}

function doctorCommand(program: Command): Command {
  const command = program
    .command('doctor')
    .description('Looks at an installation and says what is wrong and how to mend it; changes nothing.')
    .option('--namespace <name>', "namespace of Sluice's own objects", 'sluice-system')
    .addOption(new Option('-o, --output <format>', 'how it is told').choices(['text', 'json']).default('text'));
  return userCluster(command);
}

function migrateCommand(program: Command): Command {
  const command = program
    .command('migrate')
    .description('Has an installed Volcano stand aside, so that Sluice serves in its place; objects stay as they are.')
    .option('--check', 'only look: say what is there, what would change and what stands in the way')
    .option('--undo', 'have Volcano back as it was')
    .addOption(new Option('-o, --output <format>', 'how it is told').choices(['text', 'json']).default('text'));
  return userCluster(command);
}

function explainCommand(program: Command): Command {
  const command = program
    .command('explain')
    .description('Tells why a group waits: asks the running scheduler, and changes nothing.')
    .argument(
      '<what>',
      'PODGROUP, podgroup/NAME, pod/NAME, or KIND/NAME of what the group was made for, such as job/NAME, vcjob/NAME',
    )
    .option('-n, --namespace <name>', 'its namespace (default: that of the context)')
    .option('-o, --output <format>', 'text or json', 'text')
    .option('-A, --all-namespaces', 'tell names of groups of other namespaces, if you may list podgroups everywhere')
    .option('--sluice-namespace <name>', 'namespace in which Sluice keeps its Lease', 'sluice-system');
  return userCluster(command);
}
