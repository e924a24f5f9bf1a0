import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { arrayAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import { BINARY_NAMES } from '../../test/control-plane/binary.ts';
import { ensureBinaries } from '../../test/control-plane/build.ts';
import { freePort } from '../../test/control-plane/free-port.ts';
import { startControlPlane } from '../../test/control-plane/launch.ts';
import type { ControlPlane } from '../../test/control-plane/launch.ts';
import { numatopologiesOf } from '../../test/control-plane/numa-shape.ts';
import { exitWithParent } from '../../test/control-plane/parent-watch.ts';
import { readShapeFile } from '../../test/control-plane/shape-file.ts';
import type { ShapeFile } from '../../test/control-plane/shape-file.ts';
import { formatRows, problems, readRows } from './outcome.ts';
import type { GroupRow } from './outcome.ts';
import { ServeKeeper } from './serve-keeper.ts';
import { volcanoObjects } from './volcano-objects.ts';

const HELP = `Usage: npm start [-- --once]
       npm start -- --compat volcano --release NAME
       npm start -- --shape FILE

Starts a local control plane with 8 nodes of 8 GPUs, Sluice in its three roles, and the examples of examples/quickstart,
then shows what became of them and stays until Ctrl-C. Missing programs are built once, with progress shown.

Options:
  --compat volcano --release NAME
            serves in the place of Volcano, with the objects that its chart installs for that release, and applies no examples
  --shape FILE
            plays the nodes of the file in place of these, and applies its objects in place of the examples
  --once    checks the outcome and ends: exit code 0 when everything is as the examples promise, else 1
  --help    shows this text`;

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '../..');
const KUBECONFIG = join(ROOT, '.sluice/kubeconfig');
const NAMESPACE = 'team-a';
const SLUICE = 'sluice';
const OUTCOME_TIMEOUT_MS = 30_000;
const LOOK_AGAIN_MS = 200;
/** The hardware of the examples. */
const EIGHT_NODES: ShapeFile = {
  nodes: [{ count: 8, cpu: '64', memory: '512Gi', gpus: 8, racks: 2 }],
  objects: [],
};

/** Runs the quick start and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === 'help') {
    console.log(HELP);
    return 0;
  }
  if ('mistake' in options) {
    console.error(`${options.mistake} (npm start -- --help shows what there is)`);
    return 2;
  }
  const end = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.resolve(0));
  exitWithParent(() => end.resolve(1));
  // No handle of the control plane keeps Node running; this does.
  const timer = setInterval(() => undefined, 60_000);
  const onFailure = (message: string): void => {
    console.error(message);
    end.resolve(1);
  };
  const run = new QuickStart(options, onFailure);
  try {
    const ran = run.start().then((isAsPromised) => {
      if (options.once || !isAsPromised) return Number(!isAsPromised);
      run.sayReady();
      return end.promise;
    });
    return await Promise.race([ran, end.promise]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await run.stop();
    clearInterval(timer);
  }
}

interface StartOptions {
  readonly once: boolean;
  /** The release of Volcano whose place is taken; undefined for none. */
  readonly release: string | undefined;
  /** Path of a file with nodes and objects of its own; undefined for the examples. */
  readonly shape: string | undefined;
}

/** Reads the command line; a mistake is a sentence. */
function readOptions(args: readonly string[]): StartOptions | 'help' | { readonly mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        compat: { type: 'string' },
        release: { type: 'string' },
        shape: { type: 'string' },
      },
    });
    const { once, compat, release, shape } = values;
    if (values.help) return 'help';
    if (compat === undefined && release === undefined) return { once, release, shape };
    if (compat !== 'volcano' || release === undefined)
      return { mistake: '--compat volcano and --release NAME go together' };
    return { once, release, shape };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

/** The two pieces, control plane and `sluice serve`, and the examples applied to them with the real kubectl. */
class QuickStart {
  readonly #release: string | undefined;
  readonly #shape: string | undefined;
  readonly #onFailure: (message: string) => void;
  readonly #startedAtMs = performance.now();
  #plane: ControlPlane | undefined;
  #sluice: ServeKeeper | undefined;

  constructor({ release, shape }: StartOptions, onFailure: (message: string) => void) {
    this.#release = release;
    this.#shape = shape;
    this.#onFailure = onFailure;
  }

  /** True when the outcome is as the examples promise. */
  async start(): Promise<boolean> {
    const shape = this.#shape === undefined ? EIGHT_NODES : await readShapeFile(this.#shape);
    const binaries = await ensureBinaries(BINARY_NAMES);
    this.#say('starting etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok');
    const plane = await startControlPlane({
      binaries,
      kubeconfigPath: KUBECONFIG,
      onFailure: (error) => this.#onFailure(error.message),
    });
    this.#plane = plane;
    if (this.#release !== undefined) await this.#applyObjects(volcanoObjects(this.#release));
    const count = shape.nodes.reduce((sum, nodes) => sum + nodes.count, 0);
    this.#say(`starting Sluice: webhooks, scheduler, controllers; adding ${count} nodes`);
    await Promise.all([
      this.#serve(plane),
      // For all that is not Sluice's: DaemonSets, and namespaces that did not opt in.
      plane.startKubeScheduler(),
      plane.applyNodes(shape.nodes),
    ]);
    const told = shape.nodes.flatMap(numatopologiesOf);
    if (told.length > 0) await this.#applyObjects(told);
    for (const path of shape.objects) tellApplied(await this.#kubectl(['apply', '-f', path]));
    return this.#release === undefined && this.#shape === undefined ? this.#runExamples() : true;
  }

  async #runExamples(): Promise<boolean> {
    this.#say(`applying examples/quickstart with kubectl to namespace ${NAMESPACE}`);
    for (const file of ['00-namespace.yaml', '01-gang.yaml']) await this.#apply(file);
    // Its group and those of the two large ones might be seen at the same moment, and be let in in any order.
    await this.#until((rows) => rows.some((row) => row.workload === 'train' && row.running === 8));
    for (const file of ['02-two-gangs.yaml', '03-spark-driver.yaml']) await this.#apply(file);
    await this.#until((rows) => rows.some((row) => row.workload === 'spark-pi-driver' && row.running === 1));
    await this.#apply('04-spark-executors.yaml');
    const rows = await this.#until((found) => problems(found).length === 0);
    console.log(`\n${formatRows(rows)}\n`);
    const wrong = problems(rows);
    for (const problem of wrong) console.error(`not as promised: ${problem}`);
    return wrong.length === 0;
  }

  async stop(): Promise<void> {
    await this.#sluice?.stop();
    await this.#plane?.stop();
  }

  /** Tells how to go on; a line that begins with `ready`, once everything serves and the table stands. */
  sayReady(): void {
    if (this.#release !== undefined || this.#shape !== undefined) {
      const what = this.#release === undefined ? 'with the nodes of the file' : 'in the place of Volcano';
      console.log(`ready after ${this.#seconds()} s ${what} (Ctrl-C here ends everything):

  export KUBECONFIG=${KUBECONFIG}
`);
      return;
    }
    console.log(`ready after ${this.#seconds()} s. Try more in another terminal (Ctrl-C here ends everything):

  export KUBECONFIG=${KUBECONFIG}
  kubectl get queues,podgroups -A
  kubectl -n ${NAMESPACE} describe podgroup        # why the second large gang waits
  npx sluice explain -n ${NAMESPACE} job/large-two    # the same with all numbers
  kubectl -n ${NAMESPACE} delete job large-one large-two --wait=false
`);
  }

  /** As a user of its own: what others may not do to its objects, the admin may not do either. */
  async #serve(plane: ControlPlane): Promise<void> {
    await this.#kubectl(['create', 'clusterrolebinding', SLUICE, '--clusterrole=cluster-admin', `--user=${SLUICE}`]);
    const deadline = performance.now() + OUTCOME_TIMEOUT_MS;
    // The API server learns of the binding a moment later; if it never does, serve says what it lacks.
    while (
      (await plane.kubectl(['auth', 'can-i', '*', '*', `--as=${SLUICE}`])).code !== 0 &&
      performance.now() < deadline
    )
      await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
    this.#sluice = new ServeKeeper({
      root: ROOT,
      kubeconfig: await plane.kubeconfigFor(SLUICE),
      webhookUrl: `https://127.0.0.1:${await freePort()}`,
      mode:
        this.#release === undefined
          ? ['--scheduler-config', join(HERE, 'scheduler.conf')]
          : ['--compat', 'volcano', '--release', this.#release],
      logFile: join(ROOT, '.sluice/sluice.log'),
      onRestart: (message) => this.#say(message),
      onFailure: this.#onFailure,
    });
    await this.#sluice.start();
  }

  async #apply(file: string): Promise<void> {
    tellApplied(await this.#kubectl(['apply', '-f', join(HERE, file)]));
  }

  async #applyObjects(items: readonly object[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    tellApplied(await this.#kubectl(['apply', '-f', '-'], list));
  }

  /** Looks until the rows satisfy the test, or the time is over; hands over the last look. */
  async #until(isDone: (rows: readonly GroupRow[]) => boolean): Promise<readonly GroupRow[]> {
    const deadline = performance.now() + OUTCOME_TIMEOUT_MS;
    for (;;) {
      const rows = readRows(await this.#list('podgroups.scheduling.volcano.sh'), await this.#list('pods'));
      if (isDone(rows) || performance.now() > deadline) return rows;
      await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
    }
  }

  async #list(resource: string): Promise<readonly JsonValue[]> {
    return arrayAt(JSON.parse(await this.#kubectl(['get', resource, '-n', NAMESPACE, '-o', 'json'])), 'items');
  }

  async #kubectl(args: readonly string[], input?: string): Promise<string> {
    const result = await this.#plane?.kubectl(args, input);
    if (result?.code !== 0)
      throw new Error(`kubectl ${args.join(' ')}: ${result?.stderr.trim() ?? 'no control plane'}`);
    return result.stdout;
  }

  #say(message: string): void {
    console.log(`[${this.#seconds()} s] ${message}`);
  }

  #seconds(): string {
    return ((performance.now() - this.#startedAtMs) / 1000).toFixed(1);
  }
}

function tellApplied(result: string): void {
  for (const line of result.trim().split('\n')) console.log(`  ${line}`);
}
