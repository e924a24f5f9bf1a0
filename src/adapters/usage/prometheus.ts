import type { NodeUsage } from '../../api/records/node-usage.ts';
import type { MetricsSource } from '../../config/metrics-source.ts';
import type { UsageReading } from '../../engine/usage/usage-feed.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import { fetchJson } from '../fetch-json.ts';
import { boundedPercent } from './percent.ts';

const TIMEOUT_MS = 5000;
/** 10,000 nodes answer with about 3 MB. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Percent in use on average over five minutes, of all nodes at once, from the metrics of the node exporter. */
const QUERY = [
  ['cpu', 'avg by (instance, node) (rate(node_cpu_seconds_total{mode="idle"}[5m]))'],
  [
    'memory',
    'max by (instance, node) (avg_over_time(node_memory_MemAvailable_bytes[5m]) / node_memory_MemTotal_bytes)',
  ],
]
  .map(([resource, idle]) => `label_replace(100 * (1 - ${idle}), "resource", "${resource}", "", "")`)
  .join(' or ');

/** Limits of one question. */
export interface PrometheusLimits {
  readonly timeoutMs?: number;
  readonly mostBytes?: number;
}

/**
 * Asks a Prometheus how busy nodes are. A node is known by the label `node` of its series, else by `instance`, with or
 * without a port.
 */
export async function readPrometheus(
  { address, tls }: Pick<MetricsSource, 'address' | 'tls'>,
  { timeoutMs = TIMEOUT_MS, mostBytes = MOST_BYTES }: PrometheusLimits = {},
): Promise<UsageReading> {
  const url = `${address}/api/v1/query?query=${encodeURIComponent(QUERY)}`;
  const answer = await fetchJson({ url, timeoutMs, mostBytes, tls });
  return answer.kind === 'failed' ? answer : usageIn(answer.value);
}

function usageIn(answer: unknown): UsageReading {
  if (stringAt(answer, ['status']) !== 'success') {
    return { kind: 'failed', why: stringAt(answer, ['error']) || 'the answer is not one of a Prometheus' };
  }
  const byResource = { cpu: new Map<string, number>(), memory: new Map<string, number>() };
  for (const series of arrayAt(answer, 'data', 'result')) {
    const labels = objectAt(series, 'metric');
    const resource = stringAt(labels, ['resource']);
    const percent = sample(series);
    if ((resource === 'cpu' || resource === 'memory') && percent !== undefined) {
      byResource[resource].set(nodeOf(labels), percent);
    }
  }
  const byNode = new Map<string, NodeUsage>();
  for (const [node, cpu] of byResource.cpu) {
    const memory = byResource.memory.get(node);
    if (node !== '' && memory !== undefined) byNode.set(node, { cpu, memory });
  }
  return byNode.size > 0 ? { kind: 'usage', byNode } : { kind: 'failed', why: 'it has no metrics of nodes' };
}

function nodeOf(labels: JsonObject): string {
  const node = stringAt(labels, ['node']);
  return node === '' ? stringAt(labels, ['instance']).replace(/:\d+$/, '') : node;
}

/** The value of a series, a pair of a time and a text; undefined for what is no number. */
function sample(series: JsonValue): number | undefined {
  const [, text] = isJsonObject(series) ? arrayAt(series, 'value') : [];
  const value = typeof text === 'string' && text !== '' ? Number(text) : NaN;
  return boundedPercent(value);
}
