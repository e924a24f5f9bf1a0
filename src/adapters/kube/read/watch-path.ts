import type { ReflectorOptions } from './reflector-options.ts';

/** Selectors of a reflector as query parameters. */
export function selectorQuery(
  options: Pick<ReflectorOptions<unknown>, 'fieldSelector' | 'labelSelector'>,
): Readonly<Record<string, string>> {
  const query: Record<string, string> = {};
  if (options.fieldSelector !== undefined) query['fieldSelector'] = options.fieldSelector;
  if (options.labelSelector !== undefined) query['labelSelector'] = options.labelSelector;
  return query;
}

/** What tells one watch request from another. */
export interface WatchRequest {
  readonly path: string;
  readonly selectors: Readonly<Record<string, string>>;
  /** The server ends the watch after this long. */
  readonly timeoutSeconds: number;
  /** Where to go on; undefined asks for a streaming list first. */
  readonly fromVersion: string | undefined;
}

/**
 * Path of a watch. A streaming list names no version: it begins with a state at least as new as the moment it was
 * asked for, so an API server that lags behind cannot show us the past (kubernetes#59848).
 */
export function watchPath(request: WatchRequest): string {
  const { fromVersion } = request;
  const start: Record<string, string> =
    fromVersion === undefined
      ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion: fromVersion };
  const query = new URLSearchParams({
    ...request.selectors,
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(request.timeoutSeconds),
    ...start,
  });
  return `${request.path}?${query.toString()}`;
}
