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
  return [INTRODUCTION, ...sections].join('\n');
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
