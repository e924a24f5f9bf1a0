import type { VcjobRecord } from '../../../api/records/vcjob-record.ts';
import { VCJOBS } from '../../../api/resources.ts';
import type { Effect, KeepOwnedEffect, ObjectRef } from '../../effect.ts';
import type { PluginObject } from './plugin.ts';
import type { JobPlugins } from './table.ts';

/** Key in `status.controlledResources` of the generation whose hosts are written down in objects of plugins. */
const HOSTS_KEY = 'hosts';

/** What is to be done about the objects of plugins, and what is to be remembered of it. */
export interface PluginWork {
  /** Before the memory is written, and that before the first pod is made. */
  readonly effects: readonly Effect[];
  /** A merge patch of `status.controlledResources`; empty when all is as it should be. */
  readonly resources: Readonly<Record<string, string | null>>;
}

/** A job that is to have pods has the objects of its plugins first, and its hosts written down as they are by now. */
export function keepPluginObjects(job: VcjobRecord, { bound }: JobPlugins): PluginWork {
  const remembered = job.status.controlledResources ?? {};
  const objects = bound.flatMap((plugin) => plugin.objects().map((object) => ({ object, plugin: plugin.name })));
  const hosts = objects.some(({ object }) => object.followsHosts === true) ? String(job.generation) : undefined;
  const isNew = (plugin: string): boolean => remembered[keyOf(plugin)] === undefined;
  const isBehind = hosts !== remembered[HOSTS_KEY];
  const wanted = objects.filter(({ object, plugin }) => isNew(plugin) || (isBehind && object.followsHosts === true));
  const names = bound.map(({ name }) => name).filter(isNew);
  return {
    effects: wanted.map(({ object }) => keep(object, job)),
    resources: {
      ...Object.fromEntries(names.map((name) => [keyOf(name), name])),
      ...(isBehind && hosts !== undefined ? { [HOSTS_KEY]: hosts } : {}),
    },
  };
}

/** A job whose pods are killed, or have come to their end, has none of them. */
export function dropPluginObjects(job: VcjobRecord, { bound }: JobPlugins): PluginWork {
  const remembered = job.status.controlledResources ?? {};
  const made = bound.filter(({ name }) => remembered[keyOf(name)] !== undefined);
  const keys = [...made.map(({ name }) => keyOf(name)), HOSTS_KEY].filter((key) => remembered[key] !== undefined);
  const objects = made.flatMap((plugin) => plugin.objects());
  return {
    effects: objects.map(({ type, name }) => ({ kind: 'dropOwned', ...placeOf(job), type, name })),
    resources: Object.fromEntries(keys.map((key) => [key, null])),
  };
}

function keyOf(plugin: string): string {
  return `plugin-${plugin}`;
}

function keep({ type, name, body, followsHosts, keyPair }: PluginObject, job: VcjobRecord): KeepOwnedEffect {
  const update = followsHosts === true ? Object.keys(body) : [];
  return { kind: 'keepOwned', ...placeOf(job), type, name, body, update, keyPair };
}

function placeOf({ namespace, name, uid }: VcjobRecord): { readonly namespace: string; readonly regarding: ObjectRef } {
  return { namespace, regarding: { type: VCJOBS, namespace, name, uid } };
}
