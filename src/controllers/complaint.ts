import type { Setting } from '../api/controller-settings.ts';
import { REASONS } from '../api/reasons.ts';
import { CONFIG_MAPS } from '../api/resources.ts';
import { eventOnce } from './effect.ts';
import type { Effect } from './effect.ts';

/** Tells people on the ConfigMap what is wrong with it. */
export function complain(
  { complaint }: Setting<unknown>,
  told: (uid: string) => ReadonlySet<string>,
): readonly Effect[] {
  if (complaint === undefined) return [];
  const { code, problem, object } = complaint;
  const regarding = { type: CONFIG_MAPS, ...object };
  const note = `${REASONS[code]} ${problem}`;
  return eventOnce({ regarding, type: 'Warning', reason: code, action: 'Configuring', note }, told(object.uid));
}
