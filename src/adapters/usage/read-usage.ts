import type { UsageReader } from '../../engine/usage/usage-feed.ts';
import type { KubeHttp } from '../kube/connect/http-client.ts';
import { readCustomMetrics } from './custom-metrics.ts';
import { readElasticsearch } from './elasticsearch.ts';
import { readPrometheus } from './prometheus.ts';

/** Asks whatever source the configuration names. */
export function createUsageReader(http: KubeHttp): UsageReader {
  return (source) => {
    if (source.type === 'elasticsearch') return readElasticsearch(source);
    return source.type === 'prometheus' ? readPrometheus(source) : readCustomMetrics(http);
  };
}
