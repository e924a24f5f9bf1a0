import type {
  CreateEffect,
  DeleteEffect,
  Effect,
  EventEffect,
  ObjectRef,
  PatchEffect,
} from '../../controllers/effect.ts';
import { assertNever } from '../../lib/exhaustive.ts';
import type { JsonObject } from '../../lib/json.ts';
import { isJsonObject, member } from '../../lib/json.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';
import type { ClusterWriter, Metrics, WriteOutcome, WriteRequest } from '../ports.ts';

type WriteEffect = CreateEffect | PatchEffect | DeleteEffect;

/** What became of a list of effects. Except for `done`, the writes after the one that failed were not sent. */
export type ApplyOutcome =
  | { readonly kind: 'done'; readonly hasWritten: boolean; readonly requeueAfterMs: number | undefined }
  /** The world differs from what was observed, or the answer is not known: observe again, then decide anew. */
  | { readonly kind: 'retry'; readonly cause: string; readonly message: string; readonly atLeastMs: number }
  /** The API server will not have it as it is. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string };

export interface ApplierPorts {
  readonly writer: ClusterWriter;
  readonly recorder: EventRecorder;
  readonly metrics: Metrics;
}

/**
 * Carries the effects out in their order and stops at the first write that was not done. Never throws for an answer.
 */
export async function applyEffects(effects: readonly Effect[], ports: ApplierPorts): Promise<ApplyOutcome> {
  let hasWritten = false;
  let requeueAfterMs: number | undefined;
  for (const effect of effects) {
    switch (effect.kind) {
      case 'event':
        recordEvent(effect, ports);
        break;
      case 'requeueAfter':
        requeueAfterMs = Math.min(requeueAfterMs ?? Infinity, effect.requeueAfterMs);
        break;
      case 'create':
      case 'patch':
      case 'patchStatus':
      case 'delete': {
        const failure = judge(effect, await ports.writer.write(toRequest(effect)));
        if (failure?.kind === 'refused') recordRefusal(effect.regarding, failure.message, ports);
        if (failure !== undefined) return failure;
        hasWritten = true;
        break;
      }
      default:
        assertNever(effect);
    }
  }
  return { kind: 'done', hasWritten, requeueAfterMs };
}

/** Undefined when the write, or somebody else before it, brought about what the effect wants. */
function judge(effect: WriteEffect, outcome: WriteOutcome): Exclude<ApplyOutcome, { kind: 'done' }> | undefined {
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

function retry(cause: string, message: string, atLeastMs = 0): Exclude<ApplyOutcome, { kind: 'done' | 'refused' }> {
  return { kind: 'retry', cause, message, atLeastMs };
}

function toRequest(effect: WriteEffect): WriteRequest {
  const { type, namespace, name } = effect;
  const base = { type, namespace, name, subresource: '', lane: 'decision' } as const;
  switch (effect.kind) {
    case 'create':
      return { ...base, verb: 'create', body: effect.body };
    case 'patch':
      return { ...base, verb: 'mergePatch', body: guardedBody(effect) };
    case 'patchStatus':
      return { ...base, verb: 'mergePatch', subresource: 'status', lane: 'status', body: guardedBody(effect) };
    case 'delete':
      return { ...base, verb: 'delete', body: { preconditions: preconditionBody(effect) } };
    default:
      return assertNever(effect);
  }
}

/** The API server compares `metadata.uid` and `metadata.resourceVersion` of a merge patch with what it holds. */
function guardedBody(effect: PatchEffect): JsonObject {
  const metadata = member(effect.body, 'metadata');
  const others = isJsonObject(metadata) ? metadata : {};
  return { ...effect.body, metadata: { ...others, ...preconditionBody(effect) } };
}

function preconditionBody({ precondition }: PatchEffect | DeleteEffect): JsonObject {
  const { uid, resourceVersion } = precondition;
  return resourceVersion === '' ? { uid } : { uid, resourceVersion };
}

function recordEvent(event: EventEffect, { recorder, metrics }: ApplierPorts): void {
  recorder.record(event.regarding, event.type, event.reason, event.action, event.note);
  metrics.count('sluice_controller_events_total', { reason: event.reason });
}

function recordRefusal(regarding: ObjectRef, message: string, ports: ApplierPorts): void {
  // An object that does not exist yet has no UID to hang an event on; the log line of the runner has to do.
  if (regarding.uid === '') return;
  recordEvent(
    { kind: 'event', regarding, type: 'Warning', reason: 'WriteRefused', action: 'Writing', note: message },
    ports,
  );
}
