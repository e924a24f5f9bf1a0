import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { ClusterTarget } from '../cluster/cluster-access.ts';
import { SetupError } from '../setup-error.ts';
import { cobraHelp } from './cobra-help.ts';
import type { FaceCommand, FaceGroup, FacePorts, Flag, Flags } from './face.ts';

/** What Volcano's commands end with when they fail: -1. */
const FAILED = 255;

/** Where a command's words go, and how it reaches the cluster that its flags name. */
export interface FaceWorld {
  readonly print: (line: string) => void;
  /** Opens the way to the cluster for as long as the work takes; rejects with a SetupError when there is none. */
  readonly atCluster: <T>(target: ClusterTarget, work: (ports: FacePorts) => Promise<T>) => Promise<T>;
}

/** Commands of one program: groups, and commands of its own. */
export interface FaceProgram {
  readonly name: string;
  readonly groups: readonly FaceGroup[];
  readonly version: string;
}

/** Runs `vcctl` with these arguments; resolves with its exit code. */
export async function runFace(
  { name, groups, version }: FaceProgram,
  argv: readonly string[],
  world: FaceWorld,
): Promise<number> {
  const run = new FaceRun(world);
  const program = shell(name, '', world);
  for (const group of groups) {
    const parent = shell(group.name, group.summary, world);
    for (const command of group.commands) parent.addCommand(run.command(command, `${command.name} ${group.name}`));
    program.addCommand(parent);
  }
  program.addCommand(shell('version', 'Print the version information', world).action(() => world.print(version)));
  return run.parse(program, argv);
}

/** Runs one of the older programs, which are a command each; resolves with its exit code. */
export function runAlone(command: FaceCommand, argv: readonly string[], world: FaceWorld): Promise<number> {
  const run = new FaceRun(world);
  return run.parse(run.command(command, ''), argv);
}

class FaceRun {
  readonly #world: FaceWorld;
  #code = 0;

  constructor(world: FaceWorld) {
    this.#world = world;
  }

  /** `path`: the names of the command and its group, as the message of a failure has them. */
  command({ name, summary, flags, run }: FaceCommand, path: string): Command {
    const command = shell(name, summary, this.#world)
      .option('-s, --master <string>', 'the address of apiserver')
      .option('-k, --kubeconfig <string>', '(optional) absolute path to the kubeconfig file');
    for (const flag of flags) addFlag(command, flag);
    return command.action(async (given: Readonly<Record<string, string | boolean>>) => {
      await this.#try(path, async () => {
        const target = { kubeconfig: String(given['kubeconfig'] ?? ''), server: String(given['master'] ?? '') };
        const said = await this.#world.atCluster(target, (ports) => run(new GivenFlags(flags, given), ports));
        if (said !== '') this.#world.print(said);
      });
    });
  }

  async parse(program: Command, argv: readonly string[]): Promise<number> {
    try {
      await program.parseAsync(argv);
      return this.#code;
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      return error.code.startsWith('commander.help') ? 0 : 1;
    }
  }

  async #try(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      this.#world.print(`Failed to${path === '' ? '' : ` ${path}`}: ${error.message}`);
      this.#code = FAILED;
    }
  }
}

class GivenFlags implements Flags {
  readonly #flags: readonly Flag[];
  readonly #given: Readonly<Record<string, string | boolean>>;

  constructor(flags: readonly Flag[], given: Readonly<Record<string, string | boolean>>) {
    this.#flags = flags;
    this.#given = given;
  }

  text(name: string): string {
    return String(this.#given[camelCase(name)] ?? this.#flags.find((flag) => flag.name === name)?.otherwise ?? '');
  }

  int(name: string): number {
    return Number(this.text(name));
  }

  isOn(name: string): boolean {
    return this.#given[camelCase(name)] === true;
  }
}

function shell(name: string, summary: string, { print }: FaceWorld): Command {
  return new Command(name)
    .description(summary)
    .exitOverride()
    .helpOption('-h, --help', `help for ${name}`)
    .configureHelp({ formatHelp: cobraHelp })
    .configureOutput({ writeOut: (words) => print(words.trimEnd()), writeErr: (words) => print(words.trimEnd()) });
}

function addFlag(command: Command, { name, short, takes, help }: Flag): void {
  const letter = short === '' ? '' : `-${short}, `;
  if (takes === 'bool') command.option(`${letter}--${name}`, help);
  else if (takes === 'int') command.option(`${letter}--${name} <int>`, help, wholeNumber);
  else command.option(`${letter}--${name} <string>`, help);
}

function wholeNumber(given: string): string {
  if (!/^-?\d{1,10}$/.test(given)) throw new InvalidArgumentError('a whole number is needed.');
  return given;
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
