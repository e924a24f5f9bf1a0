import type { NodeUsage } from '../../api/records/node-usage.ts';
import type { UsageReading } from '../../engine/usage/usage-feed.ts';
import { arrayAt, memberAt, stringAt } from '../../lib/json.ts';
import { parseQuantity } from '../../lib/quantity.ts';
import type { KubeHttp } from '../kube/connect/http-client.ts';
import { boundedPercent } from './percent.ts';

const TIMEOUT_MS = 5000;
/** Adapters serve one of them or both; what is read is the same. */
const VERSIONS = ['v1beta1', 'v1beta2'] as const;
const METRICS = { cpu: 'node_cpu_usage_avg', memory: 'node_memory_usage_avg' } as const;
const NANO = 1_000_000_000;

type Values = ReadonlyMap<string, number>;
type Reading = { readonly kind: 'values'; readonly byNode: Values } | Extract<UsageReading, { kind: 'failed' }>;

/** Asks the API server for the custom metrics of all nodes: the shares of CPU and memory that are in use, from 0 to 1. */
export async function readCustomMetrics(http: KubeHttp): Promise<UsageReading> {
  const [cpu, memory] = await Promise.all([readMetric(http, METRICS.cpu), readMetric(http, METRICS.memory)]);
  if (cpu.kind === 'failed') return cpu;
  if (memory.kind === 'failed') return memory;
  const byNode = new Map<string, NodeUsage>();
  for (const [node, busy] of cpu.byNode) {
    const used = memory.byNode.get(node);
    if (used !== undefined) byNode.set(node, { cpu: busy, memory: used });
  }
  return byNode.size > 0 ? { kind: 'usage', byNode } : { kind: 'failed', why: 'it has no metrics of nodes' };
}

async function readMetric(http: KubeHttp, metric: string): Promise<Reading> {
  for (const version of VERSIONS) {
    const answer = await get(http, `/apis/custom.metrics.k8s.io/${version}/nodes/*/${metric}`);
    if (answer.status === 200) return valuesIn(answer.text);
    if (answer.status !== 404) return { kind: 'failed', why: answer.text };
  }
  return { kind: 'failed', why: `nobody serves the metric ${metric}` };
}

/** `text` is the body, or why there is none. */
function get(http: KubeHttp, path: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    http.send(
      { method: 'GET', path, contentType: '', body: null },
      {
        wantsBody: (status) => status === 200,
        onAnswer: (status, _, body) =>
          resolve({ status, text: status === 200 ? body : `it answered with status ${status}` }),
        onFailure: (text) => resolve({ status: 0, text }),
      },
      TIMEOUT_MS,
    );
  });
}

function valuesIn(text: string): Reading {
  const byNode = new Map<string, number>();
  try {
    for (const item of arrayAt(JSON.parse(text), 'items')) {
      const share = parseQuantity(memberAt(item, 'value'));
      const percent = share === undefined ? undefined : boundedPercent((100 * Number(share)) / NANO);
      if (percent !== undefined) byNode.set(stringAt(item, ['describedObject', 'name']), percent);
    }
  } catch (error) {
    return { kind: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
  return { kind: 'values', byNode };
}
