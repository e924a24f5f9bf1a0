import { fixedConnection } from '../../src/adapters/kube/connection.ts';
import type { ConnectionSource } from '../../src/adapters/kube/connection.ts';
import { createKubeHttp } from '../../src/adapters/kube/http-client.ts';
import type { KubeHttp } from '../../src/adapters/kube/http-client.ts';
import type { ReflectorOptions } from '../../src/adapters/kube/reflector-options.ts';
import { createReflector } from '../../src/adapters/kube/reflector.ts';
import type { KubeReflector } from '../../src/adapters/kube/reflector.ts';
import { PODS } from '../../src/api/resources.ts';
import type { Change } from '../../src/engine/ports.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { FaultServer } from './fault-server.ts';
import { fixedRandomness, ManualClock } from './manual-clock.ts';
import { QUIET_LOG } from './quiet-log.ts';
import { RecordingMetrics } from './recording-metrics.ts';

/** What the test's projection keeps. */
export interface Item {
  readonly key: string;
  readonly version: string;
}

/** A manual clock that remembers the delays it was asked for. */
export class DelayClock extends ManualClock {
  readonly delays: number[] = [];

  override after(delayMs: number, task: () => void): () => void {
    this.delays.push(delayMs);
    return super.after(delayMs, task);
  }
}

/** A reflector before a server that the test plays, with a clock that the test moves. */
export interface ReflectorBench {
  readonly server: FaultServer;
  readonly http: KubeHttp;
  readonly clock: DelayClock;
  readonly metrics: RecordingMetrics;
  readonly reflector: KubeReflector;
  /** Every change handed over. */
  readonly changes: Change<Item>[];
  readonly fatal: Error[];
  /** How often the credentials were read again. */
  refreshes(): number;
  close(): Promise<void>;
}

/** Sets a bench up; the reflector is not started. */
export async function openReflectorBench(options: Partial<ReflectorOptions<Item>> = {}): Promise<ReflectorBench> {
  const server = await FaultServer.start();
  let refreshes = 0;
  const fixed = fixedConnection({ server: server.url, insecure: false, token: 'old' });
  const source: ConnectionSource = { ...fixed, refresh: () => ((refreshes += 1), fixed.refresh()) };
  const http = createKubeHttp(source);
  const clock = new DelayClock();
  const metrics = new RecordingMetrics();
  const changes: Change<Item>[] = [];
  const fatal: Error[] = [];
  const reflector = createReflector<Item>({
    http, clock, metrics,
    type: PODS,
    project: projectItem,
    keyOf: (item) => item.key,
    handler: (batch) => void changes.push(...batch),
    randomness: fixedRandomness(),
    log: QUIET_LOG,
    onFatal: (error) => void fatal.push(error),
    ...options,
  });
  const close = async (): Promise<void> => {
    await reflector.stop();
    await http.close();
    await server.stop();
  };
  return { server, http, clock, metrics, reflector, changes, fatal, refreshes: () => refreshes, close };
}

/** Objects with the label `broken` cannot be read. */
export function projectItem(raw: JsonObject): Item | undefined {
  if (stringAt(raw, ['metadata', 'labels', 'broken']) !== '') return undefined;
  const key = `${stringAt(raw, ['metadata', 'namespace'])}/${stringAt(raw, ['metadata', 'name'])}`;
  return { key, version: stringAt(raw, ['metadata', 'resourceVersion']) };
}

/** A pod in the namespace `ns`. */
export function rawPod(name: string, resourceVersion: string | number, labels: Record<string, string> = {}): JsonObject {
  return { metadata: { namespace: 'ns', name, resourceVersion: String(resourceVersion), labels } };
}

/** A bookmark; `ends` marks the end of the initial events. */
export function bookmark(resourceVersion: string | number, ends = false): JsonObject {
  const annotations: Record<string, string> = ends ? { 'k8s.io/initial-events-end': 'true' } : {};
  return { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: String(resourceVersion), annotations } };
}

/** `name@version` of the records of a change, with its kind: `upsert a@1`. */
export function describeChange(change: Change<Item>): string {
  const records = change.kind === 'replace' ? change.records : [change.record];
  return [change.kind, ...records.map(({ key, version }) => `${key.slice(3)}@${version}`).toSorted()].join(' ');
}
