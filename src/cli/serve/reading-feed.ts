import type { ConfigMapPlace } from './setting-places.ts';
import { readYaml } from '../../adapters/yaml-text.ts';
import type { Complaint, Setting } from '../../api/controller-settings.ts';
import type { ConfigMapRecord } from '../../api/records/config-map-record.ts';
import type { Reading } from '../../config/reading.ts';
import type { Logger } from '../../engine/ports.ts';
import { formatFieldError } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import { followConfigMap } from './config-map-feed.ts';
import type { ConfigurationFeed, FeedBase } from './config-map-feed.ts';

type Base = FeedBase & { readonly log: Logger };

/** A configuration that stands as YAML under one key of a ConfigMap. */
export interface FollowedReading<T> {
  /** In words, for the log: `admission configuration`. */
  readonly what: string;
  /** The chart calls the key after its file. */
  readonly key: RegExp;
  readonly read: (raw: unknown) => Reading<T | undefined>;
  /** What is told of it in the log. */
  readonly fields: (value: T) => Readonly<Record<string, string | number>>;
  /** What becomes of the one in force when its ConfigMap is gone. */
  readonly whenGone: 'stays' | 'ends';
}

/** Hands over what a ConfigMap says, from now on; what has mistakes leaves the value of before. */
export function followReading<T>(
  base: Base,
  place: ConfigMapPlace,
  followed: FollowedReading<T>,
  take: (setting: Setting<T>) => void,
): ConfigurationFeed {
  const source = `ConfigMap ${place.namespace}/${place.name}`;
  const { what, fields, whenGone } = followed;
  let value: T | undefined;
  return followConfigMap(base, place, (news) => {
    if (news === 'late') base.log.warn(`the ${what} could not be read yet`, { source });
    const reading = typeof news === 'string' ? NOTHING : readText(news, followed);
    if (news === 'absent' && whenGone === 'stays' && value !== undefined) return;
    if (reading.kind === 'errors') {
      const problem = inWords(reading.errors);
      base.log.warn(`${what} refused, the one before stays in force`, { source, problem });
      take({ value, complaint: complaint('ConfigurationRefused', problem, news) });
      return;
    }
    value = reading.value;
    const problem = inWords(reading.trimmed);
    if (problem !== '') base.log.warn(`parts of the ${what} are not acted on`, { source, problem });
    const told = problem === '' ? undefined : complaint('ConfigurationTrimmed', problem, news);
    take({ value, complaint: told });
    base.log.info(`${what} applied`, { source, ...(value === undefined ? { says: 'nothing' } : fields(value)) });
  });
}

const NOTHING = { kind: 'value', value: undefined, trimmed: [] } as const;

/** What the ConfigMap says under its key; nothing where it has no such key. */
export function readText<T>({ data }: ConfigMapRecord, { key, read }: FollowedReading<T>): Reading<T | undefined> {
  const found = [...data.keys()].find((each) => key.test(each));
  const yaml = readYaml(found === undefined ? '' : (data.get(found) ?? ''));
  return yaml.kind === 'errors' ? yaml : read(yaml.value);
}

function inWords(errors: readonly FieldError[]): string {
  return errors.map(formatFieldError).join('; ');
}

function complaint(code: Complaint['code'], problem: string, news: ConfigMapRecord | string): Complaint | undefined {
  if (typeof news === 'string') return undefined;
  const { namespace, name, uid } = news;
  return { code, problem, object: { namespace, name, uid } };
}
