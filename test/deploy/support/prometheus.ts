import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { arrayAt, member, memberAt, stringAt } from '../../../src/lib/json.ts';
import type { Alert } from '../../../tools/deploy/alerts.ts';
import { alertGroups } from '../../../tools/deploy/monitoring.ts';
import { goProgram } from '../../clients/support/go-module.ts';
import { freePort } from '../../control-plane/free-port.ts';
import { startGuardian } from '../../control-plane/guardian.ts';
import type { Guardian } from '../../control-plane/guardian.ts';
import { waitUntilReady } from '../../control-plane/readiness.ts';

const MODULE = { path: 'github.com/prometheus/prometheus', version: 'v0.316.0' };
/** Targets are named: nothing is discovered. */
const TAGS = ['remove_all_sd'];
const READY_MS = 30_000;

/** One series of an answer, with its newest value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One series of an answer, over a time. */
export interface Curve {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** What is scraped each second, and the alerts that are judged as often. */
export interface PrometheusOptions {
  readonly operationsPorts: readonly number[];
  readonly alerts: readonly Alert[];
}

/** The real Prometheus, version 3, without its pages. */
export class Prometheus {
  readonly #guardian: Guardian;
  readonly #url: string;

  private constructor(guardian: Guardian, url: string) {
    this.#guardian = guardian;
    this.#url = url;
  }

  /** Fetches and builds it, so that no test's time-out has to cover that; rejects with a NoAnswer where it cannot be had. */
  static build(): Promise<string> {
    return goProgram(MODULE, './cmd/prometheus', TAGS);
  }

  /** Starts it; it refuses rules that it cannot read. */
  static async start({ operationsPorts, alerts }: PrometheusOptions): Promise<Prometheus> {
    const guardian = await startGuardian('sluice-prometheus');
    const folder = join(guardian.dir, 'prometheus');
    await mkdir(folder, { recursive: true });
    const targets = operationsPorts.map((port) => `127.0.0.1:${port}`);
    const configuration = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      scrape_configs: [{ job_name: 'sluice', static_configs: [{ targets }] }],
      rule_files: ['rules.yml'],
    };
    await writeFile(join(folder, 'rules.yml'), stringify({ groups: alertGroups(alerts, '') }));
    await writeFile(join(folder, 'prometheus.yml'), stringify(configuration));
    const address = `127.0.0.1:${await freePort()}`;
    const process = guardian.start({
      name: 'prometheus',
      file: await Prometheus.build(),
      args: ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`],
      logPath: join(folder, 'log'),
      cwd: folder,
    });
    const url = `http://${address}`;
    await waitUntilReady(process, READY_MS, async () => (await fetch(`${url}/-/ready`)).ok);
    return new Prometheus(guardian, url);
  }

  /** Every series of the answer; rejects when the expression is none. */
  async query(expression: string): Promise<readonly Sample[]> {
    const answer = await this.#asked(`/api/v1/query?query=${encodeURIComponent(expression)}`);
    return arrayAt(answer, 'data', 'result').map((one) => ({
      labels: member(one, 'metric') as Sample['labels'],
      value: Number(arrayAt(one, 'value')[1]),
    }));
  }

  /** Every series of the answer over a time, by seconds since 1970, a value each so many seconds; what is no number is left out. */
  async range(expression: string, fromS: number, toS: number, stepS: number): Promise<readonly Curve[]> {
    const time = `start=${fromS}&end=${toS}&step=${stepS}`;
    const answer = await this.#asked(`/api/v1/query_range?query=${encodeURIComponent(expression)}&${time}`);
    return arrayAt(answer, 'data', 'result').map((one) => ({
      labels: member(one, 'metric') as Sample['labels'],
      points: arrayAt(one, 'values')
        .map((pair) => [Number(arrayAt(pair)[0]), Number(arrayAt(pair)[1])] as const)
        .filter(([, value]) => Number.isFinite(value)),
    }));
  }

  /** Names of the alerts in that state. */
  async alerts(state: 'pending' | 'firing'): Promise<readonly string[]> {
    const answer = await this.#asked('/api/v1/alerts');
    return arrayAt(answer, 'data', 'alerts')
      .filter((one) => stringAt(one, ['state']) === state)
      .map((one) => stringAt(one, ['labels', 'alertname']));
  }

  stop(): Promise<void> {
    return this.#guardian.release();
  }

  async #asked(path: string): Promise<unknown> {
    const answer: unknown = await (await fetch(`${this.#url}${path}`)).json();
    if (memberAt(answer, 'status') !== 'success') throw new Error(`${path}: ${stringAt(answer, ['error'])}`);
    return answer;
  }
}
