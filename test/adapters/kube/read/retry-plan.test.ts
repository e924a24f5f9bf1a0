import { expect } from 'chai';
import { planRetry } from '../../../../src/adapters/kube/read/retry-plan.ts';
import type { RetryPlan, RetryState } from '../../../../src/adapters/kube/read/retry-plan.ts';
import type { BreakCause, WatchEnd } from '../../../../src/adapters/kube/read/watch-stream.ts';

const CALM: RetryState = {
  hadProgress: false,
  stoodLong: false,
  wasStreamingList: false,
  wasNegotiated: false,
  wasUnauthorized: false,
  isHurried: false,
};

describe('what a reflector does after a watch', () => {
  const rows: readonly { name: string; end: WatchEnd; state?: Partial<RetryState>; want: Partial<RetryPlan> }[] = [
    {
      name: 'a break keeps the version and waits',
      end: broken('network'),
      want: { forgetVersion: false, delay: wait(0) },
    },
    {
      name: 'a clean close after a long stand goes on at once',
      end: broken('closed'),
      state: { stoodLong: true },
      want: { delay: { kind: 'none' }, resetBackoff: true },
    },
    {
      name: 'a clean close after one event waits a moment only',
      end: broken('closed'),
      state: { hadProgress: true },
      want: { delay: { kind: 'brief' }, resetBackoff: true },
    },
    {
      name: 'a clean close that brought nothing waits',
      end: broken('closed'),
      want: { delay: wait(0), resetBackoff: false },
    },
    {
      name: 'a short watch that was to bring a bookmark, and closed without any, is followed by a list at once',
      end: broken('closed'),
      state: { isHurried: true },
      want: { forgetVersion: true, delay: { kind: 'none' } },
    },
    {
      name: 'a short watch that brought something is followed by another one',
      end: broken('closed'),
      state: { isHurried: true, hadProgress: true },
      want: { forgetVersion: false, delay: { kind: 'brief' } },
    },
    {
      name: 'a reset after one event waits the shortest time',
      end: broken('network'),
      state: { hadProgress: true },
      want: { delay: wait(0), resetBackoff: true },
    },
    {
      name: 'a reset after a long stand waits, so that a restarting server is not stormed',
      end: broken('network'),
      state: { stoodLong: true },
      want: { delay: wait(0), resetBackoff: true },
    },
    {
      name: 'a server without the streaming list is asked for pages at once',
      end: broken('unsupported'),
      want: { usePages: true, delay: { kind: 'none' } },
    },
    {
      name: '422 to a streaming list means pages',
      end: refused(422),
      state: { wasStreamingList: true },
      want: { usePages: true, delay: { kind: 'none' } },
    },
    {
      name: '400 to a watch means that the version is bad',
      end: refused(400),
      want: { usePages: false, forgetVersion: true, delay: wait(0) },
    },
    {
      name: '406 to a request for protobuf asks for JSON at once',
      end: refused(406),
      state: { wasNegotiated: true },
      want: { useJson: true, delay: { kind: 'none' } },
    },
    {
      name: '415 to a request for protobuf asks for JSON at once',
      end: refused(415),
      state: { wasNegotiated: true },
      want: { useJson: true, delay: { kind: 'none' } },
    },
    { name: '406 to a request for JSON waits', end: refused(406), want: { useJson: false, delay: wait(0) } },
    {
      name: 'an event that cannot be read is asked for in JSON',
      end: broken('corrupt'),
      state: { wasNegotiated: true },
      want: { useJson: true, forgetVersion: false, delay: wait(0) },
    },
    { name: '410 lists again', end: refused(410), want: { forgetVersion: true, delay: wait(0) } },
    {
      name: '401 reads the credentials and tries at once',
      end: refused(401),
      want: { refreshCredentials: true, delay: { kind: 'none' } },
    },
    {
      name: '401 again waits',
      end: refused(401),
      state: { wasUnauthorized: true },
      want: { refreshCredentials: true, delay: wait(0) },
    },
    {
      name: '403 keeps the version and is not ready',
      end: refused(403),
      want: { isShutOut: true, forgetVersion: false, delay: wait(0) },
    },
    {
      name: '404 lists again once the kind exists',
      end: refused(404),
      want: { isShutOut: true, forgetVersion: true, delay: wait(0) },
    },
    { name: '429 waits as long as asked', end: refused(429, 9000), want: { forgetVersion: false, delay: wait(9000) } },
    { name: '503 never waits longer than five minutes', end: refused(503, 4_000_000), want: { delay: wait(300_000) } },
    {
      name: '500 keeps the version',
      end: refused(500),
      want: { forgetVersion: false, isShutOut: false, delay: wait(0) },
    },
  ];
  for (const tc of rows) {
    it(tc.name, () => {
      expect(planRetry(tc.end, { ...CALM, ...tc.state })).to.deep.include(tc.want);
    });
  }
});

function broken(cause: BreakCause): WatchEnd {
  return { kind: 'broken', cause, message: '' };
}

function refused(code: number, retryAfterMs?: number): WatchEnd {
  return { kind: 'refused', code, retryAfterMs, message: '' };
}

function wait(atLeastMs: number): RetryPlan['delay'] {
  return { kind: 'backoff', atLeastMs };
}
