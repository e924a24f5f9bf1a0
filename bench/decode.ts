import { PROTOBUF_ENCODING } from '../src/adapters/kube/protobuf/protobuf-encoding.ts';
import type { Encoding } from '../src/adapters/kube/read/encoding.ts';
import { JSON_ENCODING } from '../src/adapters/kube/read/json-encoding.ts';
import { projectPod } from '../src/api/projections/pod.ts';
import type { SchedulingShape } from '../src/api/records/scheduling-shape.ts';
import { KubernetesWriter } from '../test/support/kubernetes-writer.ts';
import { loadKubernetes } from '../tools/protobuf/kubernetes.ts';
import { benchmark } from './benchmark.ts';
import type { Figures } from './figures.ts';
import { median, rounded } from './figures.ts';
import { runningPod } from './running-pod.ts';

const SETTINGS = {
  pods: { kind: 'number', fallback: 5000, min: 1, max: 1_000_000, help: 'events of a watch, one a pod' },
  runs: { kind: 'number', fallback: 9, min: 1, max: 1000, help: 'rounds of both encodings; medians are told' },
} as const;

/** A watch of pods from its bytes to records, in JSON and in protobuf. */
export const DECODE_BENCHMARK = benchmark(
  'decode',
  'A watch of running pods, from bytes to records: in JSON and in protobuf, in turn.',
  SETTINGS,
  async ({ pods, runs }) => {
    const watches = await writeWatches(pods);
    const seconds = new Map<string, number[]>(watches.map(({ name }) => [name, []]));
    for (let run = 0; run < runs; run += 1) {
      for (const watch of watches) seconds.get(watch.name)?.push(secondsToRead(watch));
    }
    return Object.fromEntries(
      watches.map((watch) => [watch.name, figures(watch, pods, seconds.get(watch.name) ?? [])]),
    );
  },
);

interface Watch {
  readonly name: string;
  readonly encoding: Encoding;
  readonly events: readonly Buffer[];
}

async function writeWatches(pods: number): Promise<readonly Watch[]> {
  const writer = new KubernetesWriter(await loadKubernetes());
  const objects = Array.from({ length: pods }, (_, index) => runningPod(index));
  const lines = objects.map((object) => {
    const event = { type: 'MODIFIED', object: { kind: 'Pod', apiVersion: 'v1', ...object } };
    return Buffer.from(`${JSON.stringify(event)}\n`);
  });
  const frames = objects.map((object) => writer.event('MODIFIED', 'v1/Pod', object));
  return [
    { name: 'json', encoding: JSON_ENCODING, events: lines },
    { name: 'protobuf', encoding: PROTOBUF_ENCODING, events: frames },
  ];
}

function secondsToRead({ name, encoding, events }: Watch): number {
  const shapes = new Map<string, SchedulingShape>();
  let records = 0;
  const reader = encoding.openEvents(1_000_000, {
    takeEvent: (_, object) => {
      if (projectPod(object, shapes) !== undefined) records += 1;
      return true;
    },
    takeUnreadable: (excerpt) => {
      throw new Error(`cannot read an event in ${name}: ${excerpt}`);
    },
  });
  const startMs = performance.now();
  for (const event of events) reader.push(event);
  const tookMs = performance.now() - startMs;
  if (records !== events.length) throw new Error(`${events.length} events gave ${records} records in ${name}`);
  return tookMs / 1000;
}

function figures({ events }: Watch, pods: number, seconds: readonly number[]): Figures {
  const bytes = events.reduce((sum, event) => sum + event.length, 0);
  return {
    podsPerSecond: rounded(pods / median(seconds), 0),
    microsecondsPerPod: rounded((median(seconds) / pods) * 1e6, 1),
    bytesPerPod: rounded(bytes / pods, 0),
  };
}
