import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../tools/run-node.ts';
import { goProgramOf } from '../../clients/support/go-module.ts';

/** One instruction, with what its words came to: sources and the destination of a COPY, the command line of a RUN. */
export interface Instruction {
  readonly name: string;
  readonly words: readonly string[];
  /** The stage that a COPY takes from; undefined: the context. */
  readonly from?: string;
  /** Its words are one line for a shell, and no command line. */
  readonly isShell: boolean;
}

/** What is built upon one base. */
export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly platform: string;
  readonly commands: readonly Instruction[];
}

/** The Containerfile as BuildKit's own parser understands it. */
export interface Containerfile {
  /** Of its linter, too. */
  readonly warnings: readonly string[];
  /** Defaults of the arguments before the first stage. */
  readonly args: Readonly<Record<string, string>>;
  readonly stages: readonly Stage[];
  /** Which of the paths that were asked about come into the build context. */
  readonly context: readonly string[];
}

const run = promisify(execFile);
const MOST_BYTES = 2 ** 25;

/** Reads it, and lets these paths through its ignore file; rejects with a NoAnswer where the parser cannot be had. */
export async function readContainerfile(paths: readonly string[]): Promise<Containerfile> {
  const program = await goProgramOf(join(import.meta.dirname, '../containerfile'));
  const files = ['Containerfile', 'Containerfile.dockerignore'].map((name) => join(ROOT, name));
  const asked = run(program, files, { maxBuffer: MOST_BYTES });
  asked.child.stdin?.end(paths.join('\n'));
  return JSON.parse((await asked).stdout) as Containerfile;
}

/** Everything in the checkout that git would take. */
export async function sourceFiles(): Promise<readonly string[]> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = await run('git', args, { cwd: ROOT, maxBuffer: MOST_BYTES });
  return stdout.trim().split('\n');
}

/** The words of the last instruction of that name; none where there is none. */
export function wordsOf(stage: Stage | undefined, name: string): readonly string[] {
  return stage?.commands.findLast((one) => one.name === name)?.words ?? [];
}
