import type { WatchEnd } from './watch-stream.ts';

/** What the reflector does after a list or watch has ended. */
export interface RetryPlan {
  /** The version is of no use any more: list again. */
  readonly forgetVersion: boolean;
  /** The server does not know the streaming list: use pages from now on. */
  readonly usePages: boolean;
  /** The server cannot give protobuf or metadata alone, or what it gave cannot be read: ask for plain JSON from now on. */
  readonly useJson: boolean;
  readonly refreshCredentials: boolean;
  readonly resetBackoff: boolean;
  readonly delay: RetryDelay;
  /** Label of the metric. */
  readonly cause: string;
  /** The server refuses this resource: not ready until a list succeeds. */
  readonly isShutOut: boolean;
}

/** `brief` waits a moment; `backoff` waits the backoff's next delay, and at least `atLeastMs`. */
export type RetryDelay =
  { readonly kind: 'none' } | { readonly kind: 'brief' } | { readonly kind: 'backoff'; readonly atLeastMs: number };

/** What the plan depends on besides the end itself. */
export interface RetryState {
  /** The resume point moved: events or bookmarks came. */
  readonly hadProgress: boolean;
  /** The watch stood for two minutes: ending it was no fault. */
  readonly stoodLong: boolean;
  /** A streaming list was asked for and had not ended. */
  readonly wasStreamingList: boolean;
  /** Something else than plain JSON was asked for. */
  readonly wasNegotiated: boolean;
  /** The attempt before this one ended with 401 too. */
  readonly wasUnauthorized: boolean;
  /** Somebody waits to hear how far the server is, and the watch was a short one for that. */
  readonly isHurried: boolean;
}

const MAX_RETRY_AFTER_MS = 300_000;
/** Not acceptable; unsupported media type. */
const UNKNOWN_ENCODING: ReadonlySet<number> = new Set([406, 415]);
const NONE: RetryDelay = { kind: 'none' };
const BRIEF: RetryDelay = { kind: 'brief' };

/** Rules 7 to 9 of the reflector's contract as one table. */
export function planRetry(end: WatchEnd, state: RetryState): RetryPlan {
  const base: RetryPlan = {
    forgetVersion: false,
    usePages: false,
    useJson: false,
    refreshCredentials: false,
    resetBackoff: state.hadProgress || state.stoodLong,
    delay: { kind: 'backoff', atLeastMs: 0 },
    cause: end.kind === 'broken' ? end.cause : `status${end.code}`,
    isShutOut: false,
  };
  if (end.kind === 'broken') return planBroken(end.cause, state, base);
  if (state.wasNegotiated && UNKNOWN_ENCODING.has(end.code)) return { ...base, useJson: true, delay: NONE };
  switch (end.code) {
    case 410:
      return { ...base, forgetVersion: true, delay: state.stoodLong ? NONE : base.delay };
    case 400:
    case 422:
      return state.wasStreamingList ? { ...base, usePages: true, delay: NONE } : { ...base, forgetVersion: true };
    case 401:
      return { ...base, refreshCredentials: true, delay: state.wasUnauthorized ? base.delay : NONE };
    case 403:
      return { ...base, isShutOut: true };
    case 404:
      return { ...base, forgetVersion: true, isShutOut: true };
    default:
      return { ...base, delay: { kind: 'backoff', atLeastMs: Math.min(end.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) } };
  }
}

function planBroken(cause: string, state: RetryState, base: RetryPlan): RetryPlan {
  // We broke it off ourselves, to go on at once in another way.
  if (cause === 'renewed') return { ...base, delay: NONE };
  if (cause === 'unsupported') return { ...base, usePages: true, delay: NONE };
  if (cause === 'corrupt' && state.wasNegotiated) return { ...base, useJson: true };
  // The server ends each watch after its time; a gap of a second every few minutes would be for nothing.
  if (cause === 'closed' && state.stoodLong) return { ...base, delay: NONE };
  // No bookmark came, although one was due: a server whose cache is young may keep them back for a minute and more.
  if (cause === 'closed' && state.isHurried && !state.hadProgress) return { ...base, forgetVersion: true, delay: NONE };
  // A burst of events that outruns a young watch cache makes the server end the watch: to wait then would be to stop
  // scheduling in the middle of the burst. Each such round has moved the resume point, so it cannot spin.
  if (cause === 'closed' && state.hadProgress) return { ...base, delay: BRIEF };
  return base;
}
