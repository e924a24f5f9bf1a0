import { fieldError, keyPath } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import type { SchedulerPolicy } from './policy.ts';

/** Where the scheduler's configuration comes from. */
export type PolicySource =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'configMap'; readonly namespace: string; readonly name: string; readonly isVolcanos?: true };

/** A policy with a number by which it is told from others: that of its text, 0 for the default one. */
export interface NumberedPolicy {
  readonly policy: SchedulerPolicy;
  readonly hash: number;
}

/** What a source says at one moment. */
export type PolicyReading =
  | ({ readonly kind: 'policy'; readonly trimmed?: readonly FieldError[] } & NumberedPolicy)
  | { readonly kind: 'errors'; readonly errors: readonly FieldError[] }
  /** It says nothing, and why. */
  | { readonly kind: 'absent'; readonly why: string };

/** The source in words; empty when there is none. */
export function describeSource(source: PolicySource): string {
  if (source.kind === 'default') return '';
  return source.kind === 'file' ? source.path : `ConfigMap ${source.namespace}/${source.name}`;
}

/** Volcano's name of the key. */
const USUAL_KEY = 'volcano-scheduler.conf';

/** The key of a ConfigMap's data under which the configuration stands, or what is wrong with them. */
export function configurationKey(keys: readonly string[]): string | FieldError {
  if (keys.includes(USUAL_KEY)) return USUAL_KEY;
  const [volcanos, ...more] = keys.filter((key) => /^volcano-scheduler.*\.conf$/.test(key));
  if (volcanos !== undefined && more.length === 0) return volcanos;
  const others = keys.filter((key) => key.endsWith('.conf') || key.endsWith('.yaml'));
  const [only] = others;
  if (only !== undefined && others.length === 1) return only;
  const path = keyPath('data', USUAL_KEY);
  const what = 'must hold the configuration, or else exactly one key that ends in .conf or .yaml';
  const found = others.length === 0 ? 'there is none' : `there are ${others.toSorted().join(', ')}`;
  return fieldError(path, 'FieldValueRequired', undefined, `${what}; ${found}`);
}
