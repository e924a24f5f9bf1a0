import { parse } from 'yaml';
import { arrayAt, isJsonObject, member, objectAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';

/** What one context of a kubeconfig names. */
export interface KubeconfigContext {
  readonly cluster: JsonObject;
  readonly user: JsonObject;
  /** `default` where the context names none. */
  readonly namespace: string;
}

/** The named context, or the current one; throws one sentence for people where the text does not hold what is needed. */
export function parseKubeconfig(text: string, contextName?: string): KubeconfigContext {
  const config: unknown = parse(text);
  const name = contextName ?? stringAt(config, ['current-context']);
  const context = named(config, 'contexts', name, 'context');
  if (context === undefined) throw new Error(`it has no context "${name}"`);
  const clusterName = stringAt(context, ['cluster']);
  const cluster = named(config, 'clusters', clusterName, 'cluster');
  if (cluster === undefined) throw new Error(`it has no cluster "${clusterName}", which the context "${name}" names`);
  const userName = stringAt(context, ['user']);
  const user = userName === '' ? {} : named(config, 'users', userName, 'user');
  if (user === undefined) throw new Error(`it has no user "${userName}", whom the context "${name}" names`);
  return { cluster, user, namespace: stringAt(context, ['namespace']) || 'default' };
}

/** The member when it is a text, empty where there is none; anything else is a mistake that must not pass as none. */
export function textOf(holder: JsonObject, name: string): string {
  const value = member(holder, name) ?? '';
  if (typeof value !== 'string') throw new Error(`its ${name} is no text`);
  return value;
}

/** The same for a list of texts. */
export function textsOf(holder: JsonObject, name: string): readonly string[] {
  const list = member(holder, name) ?? [];
  const texts = Array.isArray(list) ? list.filter((value) => typeof value === 'string') : [];
  if (!Array.isArray(list) || texts.length !== list.length) throw new Error(`its ${name} is no list of texts`);
  return texts;
}

/** Kubeconfigs hold lists of `{name, <content>}`; an entry without content is an empty one. */
function named(config: unknown, list: string, name: string, content: string): JsonObject | undefined {
  const entry = arrayAt(config, list).find(
    (candidate) => isJsonObject(candidate) && member(candidate, 'name') === name,
  );
  return entry === undefined ? undefined : objectAt(entry, content);
}
