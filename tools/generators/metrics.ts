import { METRIC_TABLE } from '../../src/adapters/metric-table.ts';
import type { MetricRow } from '../../src/adapters/metric-table.ts';

const INTRODUCTION = `# Metrics

Everything that \`/metrics\` shows, besides the \`process_*\` and \`nodejs_*\` metrics of the runtime. Names that begin with \`volcano_\` mean
what they mean in Volcano's scheduler. This page is generated from \`src/adapters/metric-table.ts\` by \`npm run gen\`.
`;

const SECTIONS: readonly (readonly [heading: string, prefix: string])[] = [
  ['Scheduling', 'volcano_'],
  ['Admission', 'sluice_admission_'],
  ['Reading the cluster', 'sluice_reflector_'],
  ['Writing, leading, controllers', 'sluice_'],
];

/** Names of Volcano that are not here, and where to look instead. */
const MISSING: readonly (readonly [names: string, instead: string])[] = [
  [
    'plugin_scheduling_latency_milliseconds, scheduling_stage_duration_milliseconds',
    'no plugin has a time of its own: `volcano_action_scheduling_latency_milliseconds`',
  ],
  [
    'e2e_job_scheduling_duration, e2e_job_scheduling_start_time, e2e_job_scheduling_last_time, unschedule_task_count, job_share, job_retry_counts',
    'a series for each job would stay when the job has gone: `volcano_e2e_job_scheduling_latency_milliseconds`, the status of the Job, and `sluice explain`',
  ],
  [
    'job_completed_phase_count, job_failed_phase_count, jobflow_succeed_phase_count, jobflow_failed_phase_count, controller_job_to_pod_creation_latency_milliseconds',
    'the same; conditions of Jobs and JobFlows say when they took which phase',
  ],
  [
    'total_preemption_attempts, eviction_transactions_total',
    '`sluice_evictions_total`, `sluice_partial_evictions_total`',
  ],
  ['namespace_share, namespace_weight, namespace_weighted_share', 'not told as numbers'],
  [
    'queue_inqueue_*, queue_real_capacity_*',
    '`volcano_queue_request_*`, `volcano_queue_capacity_*`, and the conditions of the Queue',
  ],
  ['goroutines', '`nodejs_active_handles` and its like'],
  ['those of the scheduler of agents, and of agents on nodes', 'there are no such parts'],
];

/** `docs/metrics.md`: one table a section. */
export function outputs(): Promise<ReadonlyMap<string, string>> {
  return Promise.resolve(new Map([['docs/metrics.md', metricsPage(METRIC_TABLE)]]));
}

/** The page for a table; each metric stands in the first section whose prefix it has. */
export function metricsPage(table: readonly MetricRow[]): string {
  const sections = SECTIONS.map(([heading, prefix], index) => {
    const earlier = SECTIONS.slice(0, index).map(([, other]) => other);
    const rows = table.filter(
      ({ name }) => name.startsWith(prefix) && !earlier.some((other) => name.startsWith(other)),
    );
    return section(heading, rows);
  });
  return [INTRODUCTION, ...sections, missing()].join('\n');
}

function missing(): string {
  const lines = MISSING.map(([names, instead]) => {
    const shown = names.split(', ').map((name) => (/^[a-z0-9_*]+$/.test(name) ? `\`volcano_${name}\`` : name));
    return `| ${shown.join(', ')} | ${instead} |`;
  });
  const head = ['## Metrics of Volcano that are not here', '', '| Volcano | instead |', '| --- | --- |'];
  return [...head, ...lines, ''].join('\n');
}

function section(heading: string, rows: readonly MetricRow[]): string {
  const lines = rows.map(({ name, kind, labels, help }) => {
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${kind} | ${shown} | ${help.replaceAll('|', '\\|')} |`;
  });
  return [`## ${heading}`, '', '| name | kind | labels | meaning |', '| --- | --- | --- | --- |', ...lines, ''].join(
    '\n',
  );
}
