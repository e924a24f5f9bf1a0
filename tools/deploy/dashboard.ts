import type { JsonObject } from '../../src/lib/json.ts';

type Unit = 's' | 'ms' | 'short' | 'ops' | 'percentunit';

interface Panel {
  readonly title: string;
  readonly unit: Unit;
  /** PromQL by the name of its line. */
  readonly lines: Readonly<Record<string, string>>;
}

const quantile = (share: number, metric: string, by = ''): string =>
  `histogram_quantile(${share}, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${metric}_bucket[$__rate_interval])))`;
const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}[$__rate_interval]))`;

/** What an operator looks at, the most telling first. */
export const PANELS: readonly Panel[] = [
  { title: 'Leaders', unit: 'short', lines: { leaders: 'sum(sluice_leader)' } },
  { title: 'Groups by phase', unit: 'short', lines: phases() },
  { title: 'Pods placed', unit: 'ops', lines: { '{{result}}': rate('volcano_schedule_attempts_total', 'result') } },
  {
    title: 'Share of each queue',
    unit: 'percentunit',
    lines: { '{{queue_name}}': 'max by (queue_name) (volcano_queue_share)' },
  },
  {
    title: 'Cycle',
    unit: 'ms',
    lines: {
      p50: quantile(0.5, 'volcano_e2e_scheduling_latency_milliseconds'),
      p99: quantile(0.99, 'volcano_e2e_scheduling_latency_milliseconds'),
    },
  },
  {
    title: 'From a group to its decision',
    unit: 'ms',
    lines: {
      p50: quantile(0.5, 'volcano_e2e_job_scheduling_latency_milliseconds'),
      p99: quantile(0.99, 'volcano_e2e_job_scheduling_latency_milliseconds'),
    },
  },
  { title: 'Reviews', unit: 'ops', lines: { '{{decision}}': rate('sluice_admission_reviews_total', 'decision') } },
  {
    title: 'Time of a review',
    unit: 's',
    lines: {
      'p50 {{phase}}': quantile(0.5, 'sluice_admission_duration_seconds', 'phase'),
      'p99 {{phase}}': quantile(0.99, 'sluice_admission_duration_seconds', 'phase'),
    },
  },
  {
    title: 'Writes',
    unit: 'ops',
    lines: { '{{lane}} {{outcome}}': rate('sluice_writes_total', 'lane, outcome') },
  },
  {
    title: 'Time of a write',
    unit: 'ms',
    lines: { 'p99 {{lane}}': quantile(0.99, 'sluice_write_latency_milliseconds', 'lane') },
  },
  { title: 'Evictions', unit: 'ops', lines: { '{{reason}}': rate('sluice_evictions_total', 'reason') } },
  {
    title: 'Age of what is known',
    unit: 's',
    // A line for each kind would be forty that rise alike; the alert names the one.
    lines: {
      oldest: 'max(sluice_reflector_last_event_age_seconds)',
      middle: 'quantile(0.5, sluice_reflector_last_event_age_seconds)',
    },
  },
  {
    title: 'Life of the certificate',
    unit: 's',
    lines: { left: 'min(sluice_admission_certificate_not_after_seconds) - time()' },
  },
  {
    title: 'Must stay 0',
    unit: 'short',
    lines: {
      checker: 'sum(increase(sluice_checker_refusals_total[$__rate_interval]))',
      mismatches: 'sum(increase(sluice_reflector_mismatches_total[$__rate_interval]))',
      errors: 'sum(increase(sluice_admission_internal_errors_total[$__rate_interval]))',
    },
  },
];

const COLUMNS = 2;
const [WIDTH, HEIGHT] = [24 / COLUMNS, 8];

/** The dashboard as Grafana imports it. */
export function dashboardText(): string {
  return `${JSON.stringify(dashboard(), undefined, 2)}\n`;
}

function dashboard(): JsonObject {
  return {
    uid: 'sluice',
    title: 'Sluice',
    tags: ['sluice'],
    schemaVersion: 39,
    editable: true,
    time: { from: 'now-1h', to: 'now' },
    refresh: '30s',
    templating: { list: [{ name: 'source', type: 'datasource', query: 'prometheus', label: 'Source' }] },
    panels: PANELS.map(panel),
  };
}

function panel({ title, unit, lines }: Panel, at: number): JsonObject {
  const datasource = { type: 'prometheus', uid: '${source}' };
  return {
    id: at + 1,
    type: 'timeseries',
    title,
    datasource,
    gridPos: { x: (at % COLUMNS) * WIDTH, y: Math.floor(at / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' } },
    targets: Object.entries(lines).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource,
      expr,
      legendFormat,
    })),
  };
}

function phases(): Readonly<Record<string, string>> {
  const names = ['pending', 'inqueue', 'running', 'unknown'];
  return Object.fromEntries(names.map((phase) => [phase, `sum(volcano_queue_pod_group_${phase}_count)`]));
}
