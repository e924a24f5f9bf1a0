import type { ObjectView } from './object-view.ts';
import { identify } from './object-view.ts';
import { listPages } from './list-pages.ts';
import type { PagedListOptions } from './list-pages.ts';
import { compareResourceVersions } from '../../../lib/resource-version.ts';

/** What one self-check needs. */
export interface SelfCheckOptions<T> {
  readonly list: Omit<PagedListOptions, 'onItem'>;
  readonly view: ObjectView<T>;
  /** Ends the check: the view was listed anew or the reflector stopped. */
  readonly isStopped: () => boolean;
  /** How long to wait for the watch to reach the version of the list. */
  readonly patienceMs: number;
}

export type SelfCheckResult =
  | { readonly kind: 'equal' }
  | { readonly kind: 'mismatch'; readonly keys: readonly string[] }
  /** The list failed, or the watch did not reach its version in time. */
  | { readonly kind: 'undecided' };

const POLLS = 36;

/**
 * Compares the view with a list of its own. Keys that change while the check runs are left out; a difference counts
 * only once the watch has passed the list's version, because until then the view may simply be behind.
 */
export async function runSelfCheck<T>(options: SelfCheckOptions<T>): Promise<SelfCheckResult> {
  const { view } = options;
  const touched = view.trackTouched();
  try {
    const listed = new Map<string, string>();
    const end = await listPages({ ...options.list, onItem: (item) => collect(item, listed) }, options.isStopped);
    if (end.kind !== 'listed' || options.isStopped()) return { kind: 'undecided' };
    if (differences(view, listed, touched).length === 0) return { kind: 'equal' };
    await waitFor(options, () => compareResourceVersions(view.version, end.version) >= 0);
    if (options.isStopped()) return { kind: 'undecided' };
    const keys = differences(view, listed, touched);
    if (keys.length === 0) return { kind: 'equal' };
    const hasCaughtUp = compareResourceVersions(view.version, end.version) >= 0;
    return hasCaughtUp ? { kind: 'mismatch', keys } : { kind: 'undecided' };
  } finally {
    view.stopTracking();
  }
}

function collect(item: Parameters<typeof identify>[0], listed: Map<string, string>): boolean {
  const identity = identify(item);
  if (identity !== undefined) listed.set(identity.key, identity.version);
  return identity !== undefined;
}

function differences<T>(
  view: ObjectView<T>,
  listed: ReadonlyMap<string, string>,
  touched: ReadonlySet<string>,
): readonly string[] {
  const keys: string[] = [];
  for (const [key, version] of listed) if (!touched.has(key) && view.versionOf(key) !== version) keys.push(key);
  for (const key of view.keys()) if (!touched.has(key) && !listed.has(key)) keys.push(key);
  return keys;
}

async function waitFor<T>(options: SelfCheckOptions<T>, isTrue: () => boolean): Promise<void> {
  for (let poll = 0; poll < POLLS && !isTrue() && !options.isStopped(); poll += 1) {
    await new Promise<void>((resolve) => options.list.clock.after(options.patienceMs / POLLS, resolve));
  }
}
