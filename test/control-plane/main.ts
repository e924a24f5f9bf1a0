import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CORE_BINARIES } from './binary.ts';
import { ensureBinaries } from './build.ts';
import { startControlPlane } from './launch.ts';
import type { ControlPlane } from './launch.ts';
import { exitWithParent } from './parent-watch.ts';

const HELP = `Usage: npm run control-plane -- [options]

Starts etcd, kube-apiserver, kube-controller-manager and kwok on loopback with fake nodes, without Sluice, and stays
until Ctrl-C. Nothing of it is left behind. Missing programs are built once, with progress shown.

Options:
  --nodes N           number of nodes (default 8)
  --gpus N            GPUs of each node (default 8)
  --kubeconfig FILE   where the admin's kubeconfig is written (default .sluice/kubeconfig)
  --help              shows this text`;

/** What the command line asks for. */
export type MainOptions = {
  readonly nodes: number;
  readonly gpus: number;
  readonly kubeconfig: string;
};

/** Reads the command line; a mistake is a sentence. */
export function readOptions(args: readonly string[]): MainOptions | 'help' | { readonly mistake: string } {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        nodes: { type: 'string', default: '8' },
        gpus: { type: 'string', default: '8' },
        kubeconfig: { type: 'string', default: '.sluice/kubeconfig' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return 'help';
  const [nodes, gpus] = [wholeNumber(values.nodes), wholeNumber(values.gpus)];
  if (nodes === undefined) return { mistake: `--nodes takes a whole number, not '${values.nodes}'` };
  if (gpus === undefined) return { mistake: `--gpus takes a whole number, not '${values.gpus}'` };
  return { nodes, gpus, kubeconfig: resolve(values.kubeconfig) };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

/** Runs the command and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    console.log(HELP);
    return 0;
  }
  if ('mistake' in options) {
    console.error(`${options.mistake} (--help shows what there is)`);
    return 2;
  }
  const end = endOfRun();
  try {
    const first = await Promise.race([start(options, end), end.code]);
    // Ended while starting: what runs so far is ended by its guardian as soon as we are gone.
    return typeof first === 'number' ? first : await stay(first, end.code);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

type EndOfRun = {
  /** Settles with the exit code as soon as somebody wants the run to end. */
  readonly code: Promise<number>;
  fail(error: Error): void;
};

function endOfRun(): EndOfRun {
  const { promise, resolve: settle } = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => settle(0));
  exitWithParent(() => settle(1));
  return {
    code: promise,
    fail(error): void {
      console.error(error.message);
      settle(1);
    },
  };
}

async function start(options: MainOptions, end: EndOfRun): Promise<ControlPlane> {
  const startedAtMs = Date.now();
  const binaries = await ensureBinaries(CORE_BINARIES);
  console.error('Starting etcd, kube-apiserver, kube-controller-manager and kwok ...');
  const { kubeconfig } = options;
  const plane = await startControlPlane({
    binaries,
    kubeconfigPath: kubeconfig,
    onFailure: (error) => end.fail(error),
  });
  await addNodes(plane, options);
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  console.log(
    `ready after ${seconds} s at ${plane.url}: kubectl --kubeconfig ${kubeconfig} get nodes (Ctrl-C ends it)`,
  );
  return plane;
}

async function addNodes(plane: ControlPlane, { nodes, gpus }: MainOptions): Promise<void> {
  if (nodes === 0) return;
  console.error(`Adding ${nodes} nodes of ${gpus} GPUs ...`);
  await plane.applyNodes([{ count: nodes, cpu: '64', memory: '512Gi', gpus, racks: Math.ceil(nodes / 4) }]);
}

async function stay(plane: ControlPlane, code: Promise<number>): Promise<number> {
  // No handle of the control plane keeps Node running; this does.
  const timer = setInterval(() => undefined, 60_000);
  try {
    return await code;
  } finally {
    clearInterval(timer);
    await plane.stop();
  }
}
