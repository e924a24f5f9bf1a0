import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../tools/run-node.ts';
import { goProgram } from '../../clients/support/go-module.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';

/** Both are in use; what one refuses or waits for, the other may not. */
const MODULES = {
  3: { path: 'helm.sh/helm/v3', version: 'v3.22.0' },
  4: { path: 'helm.sh/helm/v4', version: 'v4.3.1' },
} as const;
/** Its major version. */
export type HelmMajor = keyof typeof MODULES;
const CHART = join(ROOT, 'manifests/chart');
const MOST_BYTES = 2 ** 25;
const run = promisify(execFile);

/** The real Helm of a major version, built once, with our chart. */
export class Helm {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  static async install(major: HelmMajor = 3): Promise<Helm> {
    return new Helm(await goProgram(MODULES[major], './cmd/helm'));
  }

  /** Runs `helm <verb> [release] CHART ...`; rejects with what it said. */
  async ofChart(words: readonly string[], args: readonly string[], plane?: ControlPlane): Promise<string> {
    return this.run([...words, CHART, ...args], plane);
  }

  /** Runs it; rejects with what it said. */
  async run(args: readonly string[], plane?: ControlPlane): Promise<string> {
    const kubeconfig = plane?.kubeconfigPath ?? '/dev/null';
    const env = { ...process.env, KUBECONFIG: kubeconfig, HELM_CACHE_HOME: '/nowhere', HELM_CONFIG_HOME: '/nowhere' };
    const { stdout } = await run(this.#program, args, { env, maxBuffer: MOST_BYTES });
    return stdout;
  }
}
