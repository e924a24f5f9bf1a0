import { expect } from 'chai';
import { fixedConnection } from '../../src/adapters/kube/connect/connection.ts';
import type { ConnectionSource } from '../../src/adapters/kube/connect/connection.ts';
import { createKubeHttp } from '../../src/adapters/kube/connect/http-client.ts';
import type { KubeHttp } from '../../src/adapters/kube/connect/http-client.ts';
import type { ReflectorOptions } from '../../src/adapters/kube/read/reflector-options.ts';
import { createReflector } from '../../src/adapters/kube/read/reflector.ts';
import type { KubeReflector } from '../../src/adapters/kube/read/reflector.ts';
import { PODS } from '../../src/api/resources.ts';
import type { Change } from '../../src/engine/ports.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { FaultServer } from './fault-server.ts';
import type { FaultExchange } from './fault-server.ts';
import { fixedRandomness, ManualClock } from './manual-clock.ts';
import { QUIET_LOG } from './quiet-log.ts';
import { RecordingMetrics } from './recording-metrics.ts';
import { settle, until } from './until.ts';

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
  /** Every change in words. */
  seen(): readonly string[];
  /** Lists and watches that ended for that cause. */
  endsBy(cause: string): number;
  /** Watch events of that type. */
  events(type: string): number;
  /** Starts the reflector and plays the first list to its end. */
  listed(version: number, ...objects: readonly unknown[]): Promise<FaultExchange>;
  /** The request after a short wait. */
  afterBackoff(): Promise<FaultExchange>;
  /** The same, which must go on from that version. */
  resumesFrom(version: string): Promise<FaultExchange>;
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
    http,
    clock,
    metrics,
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
  const parts = { server, http, clock, metrics, reflector, changes, fatal, refreshes: () => refreshes, close };
  return { ...parts, ...helpers(parts) };
}

type Helper = 'seen' | 'endsBy' | 'events' | 'listed' | 'afterBackoff' | 'resumesFrom';

function helpers(bench: Omit<ReflectorBench, Helper>): Pick<ReflectorBench, Helper> {
  const { server, clock, metrics, reflector, changes } = bench;
  const afterBackoff = async (): Promise<FaultExchange> => {
    await settle();
    clock.advance(2000);
    return server.next();
  };
  return {
    afterBackoff,
    seen: () => changes.map(describeChange),
    endsBy: (cause) => metrics.value('sluice_reflector_ends_total', { resource: 'pods', cause }),
    events: (type) => metrics.value('sluice_reflector_events_total', { resource: 'pods', type }),
    listed: async (version, ...objects) => {
      reflector.start();
      const watch = await server.next();
      for (const object of objects) watch.event('ADDED', object);
      watch.event('BOOKMARK', bookmark(version, true));
      await until(() => reflector.synced);
      return watch;
    },
    resumesFrom: async (version) => {
      const watch = await afterBackoff();
      expect(watch.query.get('resourceVersion')).to.equal(version);
      return watch;
    },
  };
}

/** Objects with the label `broken` cannot be read. */
export function projectItem(raw: JsonObject): Item | undefined {
  if (stringAt(raw, ['metadata', 'labels', 'broken']) !== '') return undefined;
  const key = `${stringAt(raw, ['metadata', 'namespace'])}/${stringAt(raw, ['metadata', 'name'])}`;
  return { key, version: stringAt(raw, ['metadata', 'resourceVersion']) };
}

/** A pod in the namespace `ns`. */
export function rawPod(
  name: string,
  resourceVersion: string | number,
  labels: Record<string, string> = {},
): JsonObject {
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
