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

/** Kubeconfigs hold lists of `{name, <content>}`; an entry without content is an empty one. */
function named(config: unknown, list: string, name: string, content: string): JsonObject | undefined {
  const entry = arrayAt(config, list).find(
    (candidate) => isJsonObject(candidate) && member(candidate, 'name') === name,
  );
  return entry === undefined ? undefined : objectAt(entry, content);
}
