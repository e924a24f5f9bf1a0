import { readFile } from 'node:fs/promises';
import type { NodeUsage } from '../../api/records/node-usage.ts';
import type { MetricsSource } from '../../config/metrics-source.ts';
import type { UsageReading } from '../../engine/usage/usage-feed.ts';
import { arrayAt, memberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import { fetchJson } from '../fetch-json.ts';
import { boundedPercent } from './percent.ts';

const TIMEOUT_MS = 5000;
/** 10,000 nodes answer with about 2 MB. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Of one aggregation; Elasticsearch gives ten when nobody asks for more. */
const MOST_NODES = 10_000;
const HOUR_MS = 3_600_000;

type Elasticsearch = Extract<MetricsSource, { type: 'elasticsearch' }>;

/** Asks an Elasticsearch that Metricbeat fills how busy nodes were on average over five minutes, all at once. */
export async function readElasticsearch(source: Elasticsearch): Promise<UsageReading> {
  const authorization = await authorizationOf(source);
  if (typeof authorization === 'object') return authorization;
  const answer = await fetchJson({
    url: `${source.address}/${indicesAt(source.index, Date.now())}/_search?ignore_unavailable=true`,
    body: JSON.stringify(queryOf(source.hostnameField)),
    timeoutMs: TIMEOUT_MS,
    mostBytes: MOST_BYTES,
    tls: source.tls,
    authorization,
  });
  return answer.kind === 'failed' ? answer : usageIn(answer.value);
}

/** The password may be changed while we run. */
async function authorizationOf({
  username,
  password,
  passwordFile,
}: Elasticsearch): Promise<string | undefined | UsageReading> {
  if (username === '') return undefined;
  try {
    const secret = passwordFile === '' ? password : (await readFile(passwordFile, 'utf8')).trim();
    return `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  } catch {
    return { kind: 'failed', why: `its password cannot be read from ${passwordFile}` };
  }
}

/** Indices of one day or of one hour are named by it; with hours the one before holds a part of the five minutes. */
function indicesAt(index: string, nowMs: number): string {
  const hour = (ms: number): string => new Date(ms).toISOString().slice(0, 13).replaceAll('-', '.').replace('T', '-');
  const today = hour(nowMs).slice(0, 10);
  const dated = index.replaceAll('{{DATE}}', today);
  if (!dated.includes('{{TIME}}')) return dated;
  return [nowMs - HOUR_MS, nowMs].map((ms) => dated.replaceAll('{{TIME}}', hour(ms))).join(',');
}

function queryOf(field: string): JsonObject {
  return {
    size: 0,
    query: { range: { '@timestamp': { gte: 'now-5m', lt: 'now' } } },
    aggs: {
      node: {
        terms: { field, size: MOST_NODES },
        aggs: {
          cpu: { avg: { field: 'host.cpu.usage' } },
          memory: { avg: { field: 'system.memory.actual.used.pct' } },
        },
      },
    },
  };
}

function usageIn(answer: unknown): UsageReading {
  if (memberAt(answer, 'aggregations', 'node', 'buckets') === undefined) {
    return { kind: 'failed', why: 'the answer is not one of an Elasticsearch' };
  }
  const byNode = new Map<string, NodeUsage>();
  for (const bucket of arrayAt(answer, 'aggregations', 'node', 'buckets')) {
    const [cpu, memory] = [percentOf(bucket, 'cpu'), percentOf(bucket, 'memory')];
    if (cpu !== undefined && memory !== undefined) byNode.set(stringAt(bucket, ['key']), { cpu, memory });
  }
  return byNode.size > 0 ? { kind: 'usage', byNode } : { kind: 'failed', why: 'it has no metrics of nodes' };
}

function percentOf(bucket: JsonValue, resource: string): number | undefined {
  const share = memberAt(bucket, resource, 'value');
  return typeof share === 'number' ? boundedPercent(100 * share) : undefined;
}
