import type { ResourceType } from '../../src/api/resources.ts';
import { MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS } from '../../src/api/resources.ts';
import { CONFIGURATION_NAME, configurationObject, entriesOf, ownPlace, webhook } from '../configurations.ts';
import type { ConfigurationOptions, EntryRows, OwnConfiguration, WebhookPlace } from '../configurations.ts';
import type { AdmissionRow } from '../row.ts';
import {
  configurationName,
  VOLCANO_PATHS,
  volcanoConfigurationOf,
  volcanoPathOf,
  volcanoWebhookName,
} from './paths.ts';

/**
 * The configuration objects for some rows under the names of Volcano's chart, one a path; what Volcano has no path for stays in
 * those of Sluice. Validating ones first.
 */
export function volcanoConfigurations(
  rows: readonly AdmissionRow[],
  options: ConfigurationOptions,
): readonly OwnConfiguration[] {
  const named = Map.groupBy(rows, (row) => `${row.phase} ${volcanoConfigurationOf(row) ?? CONFIGURATION_NAME}`);
  const objects = [...named].map(([key, members]) => objectOf(key, members, options));
  return [VALIDATING_WEBHOOKS, MUTATING_WEBHOOKS].flatMap((type) => objects.filter((each) => each.type === type));
}

/** Every configuration object that compatibility mode may make beside those of Sluice. */
export const VOLCANO_CONFIGURATIONS: readonly { readonly type: ResourceType; readonly name: string }[] = [
  ...VOLCANO_PATHS.map((part) => ({ type: MUTATING_WEBHOOKS, name: configurationName(part, 'mutate') })),
  ...VOLCANO_PATHS.map((part) => ({ type: VALIDATING_WEBHOOKS, name: configurationName(part, 'validate') })),
];

function objectOf(key: string, members: readonly AdmissionRow[], options: ConfigurationOptions): OwnConfiguration {
  const [phase, name = ''] = key.split(' ');
  const type = phase === 'mutate' ? MUTATING_WEBHOOKS : VALIDATING_WEBHOOKS;
  const volcanos = members.filter((row) => volcanoPathOf(row) !== undefined);
  const entries = entriesOf(members).map((rows) => webhook(rows, placeOf(rows, volcanos), options));
  return { type, object: configurationObject(type, name, entries) };
}

/** At Volcano's path every row is asked that answers there; where there are more of them, each has a path of its own. */
function placeOf(rows: EntryRows, volcanos: readonly AdmissionRow[]): WebhookPlace {
  const [row] = rows;
  const own = ownPlace(rows);
  if (row !== volcanos[0]) return own;
  return {
    name: volcanoWebhookName(row),
    path: volcanos.length === 1 ? `/${volcanoPathOf(row)}/${row.phase}` : own.path,
  };
}
