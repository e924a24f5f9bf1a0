import { Worker } from 'node:worker_threads';
import { builtInCertificates } from '../src/adapters/certificates.ts';
import type { ServingMaterial } from '../src/engine/certificates/certificate-maker.ts';
import { WORKER_HEAP } from './production.ts';
import type { CoreLoadSettings, ServerOrder, ServerReport, ThreadReport, WebhookThreadStart } from './webhook-link.ts';

const BYTES_PER_MIB = 2 ** 20;
type Sample = Extract<ThreadReport, { kind: 'sample' }>;
const NO_CORE: Sample = { kind: 'sample', cpuMicros: 0, cycles: 0, placedPods: 0, longestCycleMs: 0 };

/** `sluice serve` as far as the webhook's tail is concerned: one process, the webhook's thread, and the engine's beside it. */
class ServerProcess {
  readonly #webhook: Worker;
  readonly #bundlePem: string;
  #core: Worker | undefined;

  constructor(material: ServingMaterial) {
    const [count = 0, matching = 0] = process.argv.slice(2).map(Number);
    const start: WebhookThreadStart = { material, policies: { count, matching } };
    this.#bundlePem = material.bundlePem;
    this.#webhook = openThread('./webhook-thread.ts', start);
  }

  async run(): Promise<void> {
    const listening = await nextReport(this.#webhook, 'listening');
    tell({ kind: 'listening', port: listening.port, bundlePem: this.#bundlePem });
    process.on('message', (order: ServerOrder) => void this.#obey(order));
    process.on('disconnect', () => process.exit(0));
  }

  async #obey(order: ServerOrder): Promise<void> {
    if (order.kind === 'startCore') await this.#startCore(order.settings);
    else if (order.kind === 'stopCore') await this.#stopCore();
    else await this.#sample();
  }

  async #startCore(settings: CoreLoadSettings): Promise<void> {
    this.#core = openThread('./core-load-thread.ts', settings);
    await nextReport(this.#core, 'started');
    tell({ kind: 'coreStarted' });
  }

  async #stopCore(): Promise<void> {
    await this.#core?.terminate();
    this.#core = undefined;
    tell({ kind: 'coreStopped' });
  }

  async #sample(): Promise<void> {
    const { user, system } = process.cpuUsage();
    const [webhook, core] = await Promise.all([
      sampleOf(this.#webhook),
      this.#core === undefined ? NO_CORE : sampleOf(this.#core),
    ]);
    const { cycles, placedPods, longestCycleMs } = core;
    const sample = {
      webhookCpuMicros: webhook.cpuMicros,
      engineCpuMicros: core.cpuMicros,
      processCpuMicros: user + system,
      cycles,
      placedPods,
      longestCycleMs,
      rssMiB: process.memoryUsage.rss() / BYTES_PER_MIB,
    };
    tell({ kind: 'sample', sample });
  }
}

function openThread(file: string, data: WebhookThreadStart | CoreLoadSettings): Worker {
  const worker = new Worker(new URL(file, import.meta.url), { workerData: data, resourceLimits: WORKER_HEAP });
  worker.once('error', (error) => {
    console.error(error);
    process.exit(1);
  });
  return worker;
}

function sampleOf(worker: Worker): Promise<Sample> {
  worker.postMessage('sample');
  return nextReport(worker, 'sample');
}

function nextReport<K extends ThreadReport['kind']>(
  worker: Worker,
  kind: K,
): Promise<Extract<ThreadReport, { kind: K }>> {
  return new Promise((resolve) => {
    const onMessage = (message: ThreadReport): void => {
      if (message.kind !== kind) return;
      worker.off('message', onMessage);
      resolve(message as Extract<ThreadReport, { kind: K }>);
    };
    worker.on('message', onMessage);
  });
}

function tell(report: ServerReport): void {
  process.send?.(report);
}

const DAY_MS = 86_400_000;

async function makeMaterial(): Promise<ServingMaterial> {
  const nowMs = Date.now();
  const maker = builtInCertificates({ authorityMs: 40 * DAY_MS, servingMs: 10 * DAY_MS });
  const authority = await maker.createAuthority(nowMs);
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const serving = await maker.issueServing(authority, names, nowMs);
  return { ...serving, bundlePem: authority.certificatePem };
}

await new ServerProcess(await makeMaterial()).run();
