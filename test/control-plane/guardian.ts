import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The starter notes its pid before it becomes the program, so that no program can run that its guardian doesn't know.
const STARTER = 'echo $$ >"$0" && exec "$@"';

/** A small process that kills what it guards and removes the folder as soon as this process lets go or dies. */
export type Guardian = {
  readonly pid: number;
  readonly dir: string;
  /** Settles when the guardian has ended, wanted or not. */
  readonly ended: Promise<void>;
  /** Starts a program in a process group of its own, known to the guardian from its first moment. */
  start(program: Program): GuardedProcess;
  /** Kills all that is guarded, removes the folder, and waits for both; may be called again. */
  release(): Promise<void>;
};

/** A program to be started under a guardian. */
export type Program = {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly logPath: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
};

/** A started program. */
export type GuardedProcess = {
  readonly name: string;
  readonly pid: number;
  readonly logPath: string;
  /** How it ended, once it has. */
  exit(): string | undefined;
  /** Settles with a sentence's end such as "exited with code 1". */
  readonly ended: Promise<string>;
  kill(): Promise<void>;
  /** Keeps this process running until the program has ended; without it a forgotten program holds nobody up. */
  hold(): void;
};

/** Starts a guardian with a new private folder below the system's temporary folder. */
export async function startGuardian(prefix: string, ownedFile?: string): Promise<Guardian> {
  const dir = join(tmpdir(), `${prefix}-${randomBytes(6).toString('hex')}`);
  const script = join(import.meta.dirname, 'guardian.sh');
  const child = spawn('/bin/sh', [script, dir, ...(ownedFile === undefined ? [] : [ownedFile])], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: '/',
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await saysReady(child, dir);
  child.stdout.destroy();
  child.stdin.on('error', () => undefined);
  child.unref();
  const guarded = new Map<string, GuardedProcess>();
  return {
    pid: pidOf(child, 'the guardian'),
    dir,
    ended,
    start(program): GuardedProcess {
      const process = startGuarded(dir, program);
      guarded.set(program.name, process);
      return process;
    },
    async release(): Promise<void> {
      child.ref();
      for (const process of guarded.values()) process.hold();
      child.stdin.end();
      await Promise.all([ended, ...[...guarded.values()].map((process) => process.ended)]);
    },
  };
}

function saysReady(child: ChildProcess, dir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`could not make the folder ${dir}`)));
    child.stdout?.once('data', () => resolve());
  });
}

function startGuarded(dir: string, program: Program): GuardedProcess {
  const log = openSync(program.logPath, 'a', 0o600);
  const pidFile = join(dir, 'pids', program.name);
  const child = spawn('/bin/sh', ['-c', STARTER, pidFile, program.file, ...program.args], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: program.cwd ?? dir,
    env: program.env ?? process.env,
  });
  closeSync(log);
  let outcome: string | undefined;
  const ended = new Promise<string>((resolve) => {
    const settle = (how: string): void => {
      outcome ??= how;
      // A pid that is written down longer than its process lives could one day name a stranger.
      void rm(pidFile, { force: true }).then(() => resolve(outcome ?? how));
    };
    child.once('error', (error) => settle(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      settle(signal === null ? `exited with code ${code}` : `was ended by ${signal}`),
    );
  });
  child.unref();
  return {
    name: program.name,
    pid: pidOf(child, program.name),
    logPath: program.logPath,
    exit: () => outcome,
    ended,
    hold: () => child.ref(),
    async kill(): Promise<void> {
      child.ref();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function pidOf(child: ChildProcess, name: string): number {
  if (child.pid === undefined) throw new Error(`${name} could not be started`);
  return child.pid;
}
