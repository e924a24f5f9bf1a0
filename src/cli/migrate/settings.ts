import type { ConfigMapRecord } from '../../api/records/config-map-record.ts';
import { volcanoRelease } from '../../api/volcano-release.ts';
import { WATCHED_CONFIG_MAPS } from '../../api/watched-kinds.ts';
import type { PolicyReading } from '../../config/policy-source.ts';
import type { Reading } from '../../config/reading.ts';
import { formatFieldError } from '../../lib/field-error.ts';
import type { JsonObject } from '../../lib/json.ts';
import { note, well, wrong } from '../doctor/finding.ts';
import type { Finding } from '../doctor/finding.ts';
import { readConfigMap } from '../serve/policy-feed.ts';
import { readText } from '../serve/reading-feed.ts';
import { ADMISSION } from '../serve/resource-group-feed.ts';
import { DISCOVERY, SHARDING } from '../serve/settings-feed.ts';
import type { Release } from './release.ts';

/** What Sluice takes, leaves out and refuses of each ConfigMap of the chart, as `sluice serve` will read it. */
export function settingFindings(release: Release, configMaps: readonly JsonObject[]): readonly Finding[] {
  const names = volcanoRelease(release.name);
  const records = configMaps.flatMap((raw) => WATCHED_CONFIG_MAPS.project(raw) ?? []);
  const judged = (name: string, read: (record: ConfigMapRecord) => PolicyReading | Reading<unknown>): Finding[] => {
    const record = records.find((one) => one.name === name);
    const place = `ConfigMap ${release.namespace}/${name}`;
    return record === undefined
      ? [note('settings', `there is no ${place}: defaults are used`, 'install it, if Volcano had settings elsewhere')]
      : verdicts(place, read(record));
  };
  return [
    ...judged(names.schedulerConfigMap, (record) => readConfigMap(record, { isVolcanos: true })),
    ...judged(names.admissionConfigMap, (record) => readText(record, ADMISSION)),
    ...judged(names.controllerConfigMap, (record) => readText(record, DISCOVERY)),
    ...judged(names.shardingConfigMap, (record) => readText(record, SHARDING)),
  ];
}

function verdicts(place: string, reading: PolicyReading | Reading<unknown>): Finding[] {
  if (reading.kind === 'absent')
    return [note('settings', `${place}: ${reading.why}`, 'nothing, where defaults will do')];
  if (reading.kind === 'errors')
    return reading.errors.map((error) =>
      wrong('settings', `${place} is refused: ${formatFieldError(error)}`, `kubectl edit it, and check again`),
    );
  const trimmed = reading.trimmed ?? [];
  if (trimmed.length === 0) return [well('settings', `${place}: all of it is taken`)];
  return trimmed.map((error) =>
    note('settings', `${place}, not taken as it is: ${formatFieldError(error)}`, 'see whether your work needs it'),
  );
}
