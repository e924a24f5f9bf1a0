import type { AdmissionRow } from '../row.ts';

/** Kinds that Volcano's webhooks are asked about, by group and plural name, and what their webhooks are called after. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['batch.volcano.sh/jobs', 'job'],
  ['batch.volcano.sh/cronjobs', 'cronjob'],
  ['scheduling.volcano.sh/podgroups', 'podgroup'],
  ['scheduling.volcano.sh/queues', 'queue'],
  // Volcano calls it so.
  ['flow.volcano.sh/jobflows', 'job'],
  ['topology.volcano.sh/hypernodes', 'hypernode'],
]);

/** Rows that answer what Volcano's own paths for pods do. */
const POD_ROWS: readonly string[] = ['mutate-pods-by-resource-group', 'validate-new-pods'];

/** Rows that have to come after those for the same pods. */
const AFTER_POD_ROWS: readonly string[] = ['mutate-pods', 'mutate-pods-elsewhere'];

/** The first parts of all paths. */
export const VOLCANO_PATHS: readonly string[] = ['pods', ...[...KINDS.keys()].map((kind) => kind.replace(/.*\//, ''))];

type Named = Pick<AdmissionRow, 'id' | 'group' | 'resource'>;

/** The first part of Volcano's path for what the row answers, such as `jobs` of `/jobs/mutate`; undefined where it has none. */
export function volcanoPathOf({ id, group, resource }: Named): string | undefined {
  if (POD_ROWS.includes(id)) return 'pods';
  return KINDS.has(`${group}/${resource}`) ? resource : undefined;
}

/** The row's webhook in Volcano's configurations: `mutatejob.volcano.sh`. */
export function volcanoWebhookName({
  phase,
  group,
  resource,
}: Pick<AdmissionRow, 'phase' | 'group' | 'resource'>): string {
  return `${phase}${KINDS.get(`${group}/${resource}`) ?? 'pod'}.volcano.sh`;
}

/** The configuration object of Volcano's that has the row; undefined where it stays in that of Sluice. */
export function volcanoConfigurationOf(row: Named & Pick<AdmissionRow, 'phase'>): string | undefined {
  const part = AFTER_POD_ROWS.includes(row.id) ? 'pods' : volcanoPathOf(row);
  return part === undefined ? undefined : configurationName(part, row.phase);
}

/** The object for one path. */
export function configurationName(part: string, phase: AdmissionRow['phase']): string {
  return `volcano-admission-service-${part}-${phase}`;
}
