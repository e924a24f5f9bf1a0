import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { lookUpProcess } from '../control-plane/parent-watch.ts';
import { descendantOf, isListening, processesWith } from './support/process-list.ts';

const ROOT = join(import.meta.dirname, '../..');
const KUBECONFIG = join(ROOT, '.sluice/kubeconfig');
const SERVE_LOG = join(ROOT, '.sluice/sluice.log');

describe('npm start', function () {
  this.timeout(120_000);
  const started: Start[] = [];

  before(function () {
    if (!existsSync('/proc/self/stat')) this.skip();
  });

  after(() => {
    for (const { child } of started) if (child.exitCode === null) child.kill('SIGKILL');
  });

  it('-- --once shows that the examples do what they promise, and ends with code 0', async () => {
    const start = launch('--once');
    expect(await start.ended, start.output()).to.equal(0);
    expect(start.output()).to.match(/^WORKLOAD +PODGROUP +QUEUE +PHASE +MIN +BOUND +RUNNING +NODES$/m);
    expect(start.output()).to.match(/^train +train-\w+ +default +Running +8 +8\/8 +8 /m);
    expect(start.output()).to.match(/^large-\w+ waits: /m);
    expect(existsSync(KUBECONFIG)).to.equal(false);
  });

  it('stays once it has said that it is ready; a SIGKILL of it leaves no process and no port behind', async () => {
    const start = launch();
    const running = await start.ready();
    const node = descendantOf(start.child.pid ?? 0, /^\S*node\S* \S*bin\/start\.js/);
    process.kill(node?.pid ?? 0, 'SIGKILL');
    await start.ended;
    await expectGone(running);
  });

  it('goes on after a pause of sluice serve that costs it the lead, and after its end: the cluster stays', async () => {
    const start = launch();
    const running = await start.ready();
    const servers = (): readonly number[] =>
      processesWith(running.dataDir, KUBECONFIG)
        .filter(({ command }) => command.includes(' serve '))
        .map(({ pid }) => pid);
    const [serve = 0] = servers();
    process.kill(serve, 'SIGSTOP');
    await sleep(PAUSE_MS);
    process.kill(serve, 'SIGCONT');
    await logged(/the lead is lost: the engine is started again[\s\S]*leadership acquired/);
    expect(servers()).to.deep.equal([serve]);
    process.kill(serve, 'SIGKILL');
    await start.said(/sluice serve ended with SIGKILL: it is started again/);
    while (servers().every((pid) => pid === serve)) await sleep(50);
    expect(await isListening(running.apiserverPort)).to.equal(true);
    start.child.kill('SIGKILL');
    await expectGone(running);
  });

  it('tells a mistake on its command line in one line', async () => {
    const start = launch('--bogus');
    expect(await start.ended).to.equal(2);
    expect(start.output())
      .to.match(/--bogus/)
      .and.not.to.match(/^ {4}at /m);
  });

  it('leaves nothing behind either when npm is killed', async () => {
    const start = launch();
    const running = await start.ready();
    start.child.kill('SIGKILL');
    await expectGone(running);
  });

  function launch(...args: readonly string[]): Start {
    const start = new Start(args);
    started.push(start);
    return start;
  }
});

/** Longer than a leader trusts its last renewal (10 s). */
const PAUSE_MS = 12_000;

/** Waits for words of the log of `sluice serve`; the test's own time limit is the limit here. */
async function logged(text: RegExp): Promise<void> {
  while (!text.test(await readFile(SERVE_LOG, 'utf8'))) await sleep(50);
}

interface Running {
  readonly pids: readonly number[];
  readonly apiserverPort: number;
  readonly dataDir: string;
}

/** `npm start` as a person runs it. */
class Start {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly #ready = Promise.withResolvers<void>();
  #output = '';

  constructor(args: readonly string[]) {
    const child = spawn('npm', ['start', ...(args.length > 0 ? ['--', ...args] : [])], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => this.#take(chunk.toString()));
    this.ended = new Promise((resolve) => child.once('exit', resolve));
    void this.ended.then((code) =>
      this.#ready.reject(new Error(`ended with ${code} before it was ready:\n${this.#output}`)),
    );
    this.#ready.promise.catch(() => undefined);
  }

  output(): string {
    return this.#output;
  }

  /** Waits for words of it; the test's own time limit is the limit here. */
  async said(text: RegExp): Promise<void> {
    while (!text.test(this.#output)) await sleep(50);
  }

  /** Everything that runs once it is ready. */
  async ready(): Promise<Running> {
    await this.#ready.promise;
    const text = await readFile(KUBECONFIG, 'utf8');
    const dataDir = /^# Written by .* in (\S+);/.exec(text)?.[1] ?? '';
    const apiserverPort = Number(/server: https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
    const pids = processesWith(dataDir, KUBECONFIG).map(({ pid }) => pid);
    // etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok, the guardian, sluice serve.
    expect(pids.length).to.be.at.least(7);
    expect(await isListening(apiserverPort)).to.equal(true);
    return { pids, apiserverPort, dataDir };
  }

  #take(text: string): void {
    this.#output += text;
    if (/^ready /m.test(this.#output)) this.#ready.resolve();
  }
}

async function expectGone({ pids, apiserverPort, dataDir }: Running): Promise<void> {
  const living = (): readonly number[] => pids.filter((pid) => lookUpProcess(pid) !== undefined);
  // Nobody tells when the last of them has gone: the test's own time limit is the limit here.
  while (living().length > 0 || processesWith(dataDir, KUBECONFIG).length > 0) await sleep(50);
  expect(await isListening(apiserverPort)).to.equal(false);
  expect([existsSync(dataDir), existsSync(KUBECONFIG)]).to.deep.equal([false, false]);
}
