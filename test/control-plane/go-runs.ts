import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guardian } from './guardian.ts';

/** A run of Go under way. */
export type GoRun = {
  /** Lines that it has printed so far. */
  lines(): number;
  /** Settles with undefined once it went well, else with what Go said. */
  readonly ended: Promise<string | undefined>;
};

const TOLD_LINES = 8;

/** Runs Go in one folder under a guardian, so that nothing of it outlives this process. */
export class GoRuns {
  readonly #guardian: Guardian;
  readonly #cwd: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(guardian: Guardian, cwd: string, env: NodeJS.ProcessEnv) {
    this.#guardian = guardian;
    this.#cwd = cwd;
    this.#env = env;
  }

  /** The name is that of its log. */
  start(name: string, args: readonly string[]): GoRun {
    const logPath = join(this.#guardian.dir, `${name}.log`);
    const go = this.#guardian.start({ name, file: 'go', args, logPath, cwd: this.#cwd, env: this.#env });
    go.hold();
    const read = (): readonly string[] => readFileSync(logPath, 'utf8').trim().split('\n');
    return {
      lines: () => read().length,
      ended: go.ended.then((end) =>
        end === 'exited with code 0' ? undefined : [`go ${name} ${end}`, ...read().slice(-TOLD_LINES)].join('\n    '),
      ),
    };
  }

  /** Runs it to its end. */
  async run(name: string, args: readonly string[]): Promise<{ readonly failure: string | undefined; lines(): number }> {
    const run = this.start(name, args);
    return { failure: await run.ended, lines: () => run.lines() };
  }
}
