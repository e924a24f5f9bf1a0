import { JOB_NAME_KEY, JOB_NAMESPACE_KEY } from '../../../api/keys.ts';
import type { PluginJob } from './plugin.ts';

/** Labels that the pods of the job have, and no others. */
export function podsOfJob({ name, namespace }: PluginJob): Readonly<Record<string, string>> {
  return { [JOB_NAME_KEY]: name, [JOB_NAMESPACE_KEY]: namespace };
}
