import { expect } from 'chai';
import { POD_GROUPS, PODS } from '../../../src/api/resources.ts';
import type { Effect, WriteEffect } from '../../../src/controllers/effect.ts';
import { applyEffects } from '../../../src/engine/control/applier.ts';
import type { ApplyOutcome } from '../../../src/engine/control/applier.ts';
import type { WriteOutcome, WriteRequest } from '../../../src/engine/ports.ts';
import { NO_ANSWERS } from '../../support/silent-pods.ts';
import { FIXED_KEYS } from '../../support/fixed-keys.ts';

const REGARDING = { type: PODS, namespace: 'ns', name: 'p', uid: 'u1' };
const TARGET = { type: POD_GROUPS, namespace: 'ns', name: 'g', regarding: REGARDING };
const PRECONDITION = { uid: 'u2', resourceVersion: '7' };
const create: Effect = { kind: 'create', ...TARGET, body: { kind: 'PodGroup' } };
const patch: Effect = { kind: 'patch', ...TARGET, precondition: PRECONDITION, body: { spec: { minMember: 2 } } };
const remove: Effect = { kind: 'delete', ...TARGET, precondition: PRECONDITION, propagation: 'Background' };
const event: Effect = {
  kind: 'event',
  regarding: REGARDING,
  type: 'Normal',
  reason: 'AdoptedPod',
  action: 'Adopting',
  note: 'n',
};
const done: WriteOutcome = { kind: 'done', object: undefined };

interface Run {
  readonly outcome: ApplyOutcome;
  readonly requests: readonly WriteRequest[];
  readonly reasons: readonly string[];
  readonly counted: readonly string[];
}

async function run(effects: readonly Effect[], answers: readonly WriteOutcome[]): Promise<Run> {
  const requests: WriteRequest[] = [];
  const reasons: string[] = [];
  const counted: string[] = [];
  const writer = {
    write: (request: WriteRequest): Promise<WriteOutcome> => {
      requests.push(request);
      return Promise.resolve(answers[requests.length - 1] ?? done);
    },
  };
  const recorder = { record: (...args: readonly unknown[]) => reasons.push(String(args[2])) };
  const metrics = {
    count: (name: string, labels: Readonly<Record<string, string>>) => counted.push(`${name} ${labels['reason']}`),
    gauge: () => undefined,
    observe: () => undefined,
    drop: () => undefined,
  };
  const outcome = await applyEffects(effects, { writer, recorder, metrics, keys: FIXED_KEYS, answers: NO_ANSWERS });
  return { outcome, requests, reasons, counted };
}

describe('applyEffects', () => {
  const requests = {
    'sends a create as it is': {
      effect: create,
      want: { verb: 'create', subresource: '', lane: 'decision', body: { kind: 'PodGroup' } },
    },
    'puts the precondition into a merge patch': {
      effect: patch,
      want: {
        verb: 'mergePatch',
        subresource: '',
        lane: 'decision',
        body: { spec: { minMember: 2 }, metadata: { uid: 'u2', resourceVersion: '7' } },
      },
    },
    'keeps the metadata of a patch beside its precondition': {
      effect: { ...patch, body: { metadata: { labels: { a: 'b' } } } },
      want: {
        verb: 'mergePatch',
        subresource: '',
        lane: 'decision',
        body: { metadata: { labels: { a: 'b' }, uid: 'u2', resourceVersion: '7' } },
      },
    },
    'sends a status patch to the subresource, in the lane of status': {
      effect: {
        ...patch,
        kind: 'patchStatus' as const,
        body: { status: {} },
      },
      want: {
        verb: 'mergePatch',
        subresource: 'status',
        lane: 'status',
        body: { status: {}, metadata: { uid: 'u2', resourceVersion: '7' } },
      },
    },
    'applies with the precondition, where there is one': {
      effect: { kind: 'apply' as const, ...TARGET, precondition: PRECONDITION, body: { spec: { minMember: 2 } } },
      want: {
        verb: 'apply',
        subresource: '',
        lane: 'decision',
        body: { spec: { minMember: 2 }, metadata: { uid: 'u2', resourceVersion: '7' } },
      },
    },
    'applies what is made when it is missing as it is': {
      effect: { kind: 'apply' as const, ...TARGET, precondition: undefined, body: { spec: {} } },
      want: { verb: 'apply', subresource: '', lane: 'decision', body: { spec: {} } },
    },
    'deletes whatever version of the object': {
      effect: { ...remove, precondition: { uid: 'u2', resourceVersion: '' } },
      want: {
        verb: 'delete',
        subresource: '',
        lane: 'decision',
        body: { preconditions: { uid: 'u2' }, propagationPolicy: 'Background' },
      },
    },
    'deletes this object and no namesake': {
      effect: remove,
      want: {
        verb: 'delete',
        subresource: '',
        lane: 'decision',
        body: { preconditions: { uid: 'u2', resourceVersion: '7' }, propagationPolicy: 'Background' },
      },
    },
  };
  for (const [name, tc] of Object.entries(requests)) {
    it(name, async () => {
      const { requests: sent } = await run([tc.effect], []);
      expect(sent).to.deep.equal([{ type: POD_GROUPS, namespace: 'ns', name: 'g', ...tc.want }]);
    });
  }

  const outcomes: Record<string, { effect: Effect; answer: WriteOutcome; want: ApplyOutcome }> = {
    'observes again after a create that met a namesake': {
      effect: create,
      answer: { kind: 'conflict', message: 'm' },
      want: { kind: 'retry', cause: 'conflict', message: 'm', atLeastMs: 0 },
    },
    'observes again when the object to patch is gone': {
      effect: patch,
      answer: { kind: 'notFound', message: 'm' },
      want: { kind: 'retry', cause: 'notFound', message: 'm', atLeastMs: 0 },
    },
    'is content when the object to delete is gone': {
      effect: remove,
      answer: { kind: 'notFound', message: 'm' },
      want: { kind: 'done', written: [remove], requeueAfterMs: undefined },
    },
    'observes again when the answer was lost': {
      effect: create,
      answer: { kind: 'unknown', message: 'm' },
      want: { kind: 'retry', cause: 'unknown', message: 'm', atLeastMs: 0 },
    },
    'waits as long as the server asks': {
      effect: create,
      answer: { kind: 'throttled', retryAfterMs: 900, message: 'm' },
      want: { kind: 'retry', cause: 'throttled', message: 'm', atLeastMs: 900 },
    },
    'keeps the work for the leader': {
      effect: create,
      answer: { kind: 'notLeader' },
      want: { kind: 'retry', cause: 'notLeader', message: 'another process leads', atLeastMs: 0 },
    },
    'passes a refusal on': {
      effect: create,
      answer: { kind: 'refused', code: 422, message: 'm' },
      want: { kind: 'refused', code: 422, message: 'm' },
    },
  };
  for (const [name, tc] of Object.entries(outcomes)) {
    it(name, async () => {
      expect((await run([tc.effect, event], [tc.answer])).outcome).to.deep.equal(tc.want);
    });
  }

  it('stops at the write that failed, so that nothing is told that did not happen', async () => {
    const result = await run([create, patch, event], [done, { kind: 'conflict', message: 'm' }]);
    expect(result.requests).to.have.length(2);
    expect(result.reasons).to.deep.equal([]);
  });

  it('tells whom the write was for when it is refused', async () => {
    const result = await run([create], [{ kind: 'refused', code: 403, message: 'queue is closed' }]);
    expect(result.reasons).to.deep.equal(['WriteRefused']);
  });

  it('tells it in words of its own where the write has some', async () => {
    const refusal = { reason: 'PVCError', start: 'Failed: ' };
    const result = await run([{ ...create, refusal }], [{ kind: 'refused', code: 403, message: 'no' }]);
    expect(result.reasons).to.deep.equal(['PVCError']);
  });

  it('records and counts events, and keeps the shortest wait', async () => {
    const result = await run(
      [event, { kind: 'requeueAfter', requeueAfterMs: 50 }, { kind: 'requeueAfter', requeueAfterMs: 20 }],
      [],
    );
    expect(result.reasons).to.deep.equal(['AdoptedPod']);
    expect(result.counted).to.deep.equal(['sluice_controller_events_total AdoptedPod']);
    expect(result.outcome).to.deep.equal({ kind: 'done', written: [], requeueAfterMs: 20 });
  });

  it('sends writes that belong together side by side, in rounds that grow', async () => {
    const underWay: number[] = [];
    let count = 0;
    const writer = {
      write: async (): Promise<WriteOutcome> => {
        count += 1;
        const started = count;
        await Promise.resolve();
        underWay.push(count - started);
        return done;
      },
    };
    const nothing = (): undefined => undefined;
    const metrics = { count: nothing, gauge: nothing, observe: nothing, drop: nothing };
    const writes = Array.from({ length: 7 }, () => create as WriteEffect);
    const outcome = await applyEffects([{ kind: 'together', writes }], {
      writer,
      recorder: { record: () => undefined },
      metrics,
      keys: FIXED_KEYS,
      answers: NO_ANSWERS,
    });
    expect(outcome).to.deep.equal({ kind: 'done', written: writes, requeueAfterMs: undefined });
    // How many others had started by the time that each was answered: rounds of 1, 1, 2 and 3.
    expect(underWay).to.deep.equal([0, 0, 1, 0, 2, 1, 0]);
  });

  it('starts no further round after a failure, and tells the first of its round', async () => {
    const refused = { kind: 'refused', code: 403, message: 'quota' } as const;
    const writes = Array.from({ length: 9 }, () => create as WriteEffect);
    const { outcome, requests: sent } = await run([{ kind: 'together', writes }], [done, done, done, refused]);
    expect(outcome).to.deep.equal(refused);
    expect(sent).to.have.length(4);
  });
});
