import type {
  DeleteEffect,
  Effect,
  EventEffect,
  OwnedEffect,
  Precondition,
  WriteEffect,
} from '../../controllers/effect.ts';
import { assertNever } from '../../lib/exhaustive.ts';
import type { JsonObject } from '../../lib/json.ts';
import { isJsonObject, member } from '../../lib/json.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';
import type { ClusterWriter, KeyMaker, Metrics, WriteOutcome, WriteRequest } from '../ports.ts';
import type { PodAnswers } from './pod-answers.ts';
import { applyOwned } from './owned-objects.ts';

/** What became of a list of effects. Except for `done`, the writes after the one that failed were not sent. */
export type ApplyOutcome =
  | { readonly kind: 'done'; readonly written: readonly WriteEffect[]; readonly requeueAfterMs: number | undefined }
  /** The world differs from what was observed, or the answer is not known: observe again, then decide anew. */
  | { readonly kind: 'retry'; readonly cause: string; readonly message: string; readonly atLeastMs: number }
  /** The API server will not have it as it is. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string };

type Failure = Exclude<ApplyOutcome, { kind: 'done' }>;

export interface ApplierPorts {
  readonly writer: ClusterWriter;
  readonly recorder: EventRecorder;
  readonly metrics: Metrics;
  readonly keys: KeyMaker;
  readonly answers: Pick<PodAnswers, 'ask'>;
}

/**
 * Carries the effects out in their order and stops at the first write that was not done. Never throws for an answer.
 */
export async function applyEffects(effects: readonly Effect[], ports: ApplierPorts): Promise<ApplyOutcome> {
  const written: WriteEffect[] = [];
  let requeueAfterMs: number | undefined;
  for (const effect of effects) {
    switch (effect.kind) {
      case 'event':
        recordEvent(effect, ports);
        break;
      case 'requeueAfter':
        requeueAfterMs = Math.min(requeueAfterMs ?? Infinity, effect.requeueAfterMs);
        break;
      case 'askPods':
        await ports.answers.ask(effect.questions);
        break;
      case 'keepOwned':
      case 'dropOwned': {
        const failure = await writeOwned(effect, ports);
        if (failure !== undefined) return failure;
        break;
      }
      default: {
        const writes = effect.kind === 'together' ? effect.writes : [effect];
        const failure = await writeTogether(writes, ports);
        if (failure !== undefined) return failure;
        written.push(...writes);
      }
    }
  }
  return { kind: 'done', written, requeueAfterMs };
}

/** One write first, then each time as many as went well before; the first failure when a round had one. */
async function writeTogether(writes: readonly WriteEffect[], ports: ApplierPorts): Promise<Failure | undefined> {
  for (let from = 0, size = 1; from < writes.length; from += size, size = from) {
    const round = writes.slice(from, from + size);
    const failures = await Promise.all(round.map((write) => writeOne(write, ports)));
    const failure = failures.find((found) => found !== undefined);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Nobody watches what is owned, so that there is nothing to wait for afterwards. */
async function writeOwned(effect: OwnedEffect, ports: ApplierPorts): Promise<Failure | undefined> {
  const tell = (note: string): void => {
    const { regarding } = effect;
    recordEvent({ kind: 'event', regarding, type: 'Warning', reason: 'PluginError', action: 'Making', note }, ports);
  };
  const failure = judge(effect, await applyOwned(effect, { ...ports, onTaken: tell }));
  // Volcano's words.
  if (failure?.kind === 'refused') tell(`Execute plugin when job add failed, err: ${failure.message}`);
  return failure;
}

async function writeOne(write: WriteEffect, ports: ApplierPorts): Promise<Failure | undefined> {
  const failure = judge(write, await ports.writer.write(toRequest(write)));
  if (failure?.kind === 'refused') recordRefusal(write, failure.message, ports);
  return failure;
}

/** Undefined when the write, or somebody else before it, brought about what the effect wants. */
function judge(effect: WriteEffect | OwnedEffect, outcome: WriteOutcome): Failure | undefined {
  switch (outcome.kind) {
    case 'done':
      return undefined;
    case 'notFound':
      return effect.kind === 'delete' ? undefined : retry(outcome.kind, outcome.message);
    case 'conflict':
    case 'unknown':
      return retry(outcome.kind, outcome.message);
    case 'throttled':
      return retry(outcome.kind, outcome.message, outcome.retryAfterMs);
    case 'notLeader':
      return retry(outcome.kind, 'another process leads');
    case 'refused':
      return outcome;
    default:
      return assertNever(outcome);
  }
}

function retry(cause: string, message: string, atLeastMs = 0): Failure {
  return { kind: 'retry', cause, message, atLeastMs };
}

function toRequest(effect: WriteEffect): WriteRequest {
  const { type, namespace, name } = effect;
  const base = { type, namespace, name, subresource: '', lane: 'decision' } as const;
  switch (effect.kind) {
    case 'create':
      return { ...base, verb: 'create', body: effect.body };
    case 'patch':
      return { ...base, verb: 'mergePatch', body: guardedBody(effect.body, effect.precondition) };
    case 'apply':
      return { ...base, verb: 'apply', body: guardedBody(effect.body, effect.precondition) };
    case 'patchStatus':
      return {
        ...base,
        verb: 'mergePatch',
        subresource: 'status',
        lane: 'status',
        body: guardedBody(effect.body, effect.precondition),
      };
    case 'delete':
      return { ...base, verb: 'delete', body: deleteBody(effect) };
    default:
      return assertNever(effect);
  }
}

/** The API server compares `metadata.uid` and `metadata.resourceVersion` of a merge patch with what it holds. */
function guardedBody(body: JsonObject, precondition: Precondition | undefined): JsonObject {
  if (precondition === undefined) return body;
  const metadata = member(body, 'metadata');
  const others = isJsonObject(metadata) ? metadata : {};
  return { ...body, metadata: { ...others, ...preconditionBody(precondition) } };
}

function deleteBody({ precondition, propagation }: DeleteEffect): JsonObject {
  return { preconditions: preconditionBody(precondition), propagationPolicy: propagation };
}

function preconditionBody({ uid, resourceVersion }: Precondition): JsonObject {
  return resourceVersion === '' ? { uid } : { uid, resourceVersion };
}

function recordEvent(event: EventEffect, { recorder, metrics }: ApplierPorts): void {
  recorder.record(event.regarding, event.type, event.reason, event.action, event.note);
  metrics.count('sluice_controller_events_total', { reason: event.reason });
}

function recordRefusal({ regarding, refusal }: WriteEffect, message: string, ports: ApplierPorts): void {
  // An object that does not exist yet has no UID to hang an event on; the log line of the runner has to do.
  if (regarding.uid === '') return;
  const { reason, start } = refusal ?? { reason: 'WriteRefused', start: '' };
  recordEvent(
    { kind: 'event', regarding, type: 'Warning', reason, action: 'Writing', note: `${start}${message}` },
    ports,
  );
}
