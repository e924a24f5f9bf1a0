import { isJsonObject, memberAt } from '../../lib/json.ts';
import { applyPatch } from '../../lib/json-patch-apply.ts';
import type { PatchOperation } from '../../lib/json-patch.ts';
import type { AdmissionRequest, ClusterView } from '../../../webhooks/admission.ts';
import type { AllowVerdict, DenyVerdict, PolicyHit, Verdict } from '../../../webhooks/verdict.ts';
import { NO_ANSWERS } from '../../../webhooks/question.ts';
import type { Answers, Question } from '../../../webhooks/question.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { allowUntouched, allowWith, denyWith, failWith, INTERNAL_ERROR, OVERLOADED } from './admission-answer.ts';
import type { FailureMode, ReviewAnswer, TurnedAway } from './admission-answer.ts';
import { INTERNAL_ERRORS_TOTAL, POLICY_HITS_TOTAL, REVIEWS_TOTAL } from './admission-metrics.ts';
import { indexTable, isServed, rowsFor } from './admission-table.ts';
import type { Phase } from './admission-table.ts';
import { confirmedView } from './confirmed-view.ts';
import type { Clock, Logger, Metrics } from '../ports.ts';
import { answerQuestions } from './questions.ts';
import type { QuestionPorts } from './questions.ts';

/** What the dispatch of reviews needs. */
export interface AdmissionOptions {
  /** To start with. */
  readonly table: readonly AdmissionRow[];
  readonly view: ClusterView;
  /** Answers what rows ask. */
  readonly questions: QuestionPorts;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
  /** Decides reviews that a fault of ours kept from being decided. */
  readonly failureMode: FailureMode;
}

/** What a review is asked with. */
export interface ReviewTerms {
  /** Past this moment (monotonic) no further row is asked and the failure mode decides. */
  readonly deadlineMs?: number;
  /** The row whose webhook was called; empty for all rows of the phase. */
  readonly rowId?: string;
}

/** Answers reviews; no method ever throws or rejects. */
export interface Admission {
  /** Asks the table's rows: at once, or once their questions are answered. */
  review(phase: Phase, request: AdmissionRequest, terms?: ReviewTerms): ReviewAnswer | Promise<ReviewAnswer>;
  /** True for the rows of the table; the empty id stands for all. */
  serves(phase: Phase, rowId: string): boolean;
  /** The failure mode's answer, without asking anybody: too much is going on, unless another cause is given. */
  shed(phase: Phase, request: AdmissionRequest, rowId?: string, why?: TurnedAway): ReviewAnswer;
}

/** An admission whose rows can be exchanged. */
export interface TableAdmission extends Admission {
  /** Answers with these rows from now on; reviews under way end with those before. */
  use(table: readonly AdmissionRow[]): void;
}

/** What the rows have said so far. */
interface Gathered {
  object: AdmissionRequest['object'];
  readonly patch: PatchOperation[];
  readonly warnings: string[];
  readonly audit: Record<string, string>;
  readonly hits: PolicyHit[];
  readonly denials: DenyVerdict[];
  fault: string;
}

/** What rows have to say about one request, and by when. */
interface Review {
  readonly phase: Phase;
  readonly request: AdmissionRequest;
  readonly rows: readonly AdmissionRow[];
  readonly deadlineMs: number;
  readonly failureMode: FailureMode;
}

/** Builds the dispatch over a registry table. */
export function createAdmission(options: AdmissionOptions): TableAdmission {
  const { metrics } = options;
  let rows = options.table;
  let table = indexTable(rows);
  return {
    review(phase, request, { deadlineMs = Infinity, rowId = '' } = {}) {
      const asked = rowsFor(table, phase, request, rowId);
      const failureMode = failureModeOf(asked, options.failureMode);
      const fail = (error: unknown): ReviewAnswer => {
        // Not even counting worked; what is left is to answer.
        options.log.error('admission failed inside', { phase, uid: request.uid, message: describe(error) });
        return failWith(request, INTERNAL_ERROR, failureMode);
      };
      try {
        const answer = decide(options, { phase, request, rows: asked, deadlineMs, failureMode });
        return answer instanceof Promise ? answer.catch(fail) : answer;
      } catch (error) {
        return fail(error);
      }
    },
    serves: (phase, rowId) => isServed(rows, phase, rowId),
    use(next) {
      rows = next;
      table = indexTable(next);
    },
    shed(phase, request, rowId = '', why = OVERLOADED) {
      const asked = rowsFor(table, phase, request, rowId);
      const isLeaving = isBeingDeleted(request);
      countReview(
        metrics,
        phase,
        asked.length > 0 ? request.resource : 'other',
        request,
        isLeaving ? 'allowed' : 'shed',
      );
      // What is on its way out needs no thought, and is never in the way.
      return isLeaving ? allowUntouched(request) : failWith(request, why, failureModeOf(asked, options.failureMode));
    },
  };
}

/** A row that always lets pass does so whatever was declared for the others. */
function failureModeOf(rows: readonly AdmissionRow[], declared: FailureMode): FailureMode {
  return rows.length > 0 && rows.every((row) => row.failureMode === 'allow') ? 'allow' : declared;
}

function decide(options: AdmissionOptions, review: Review): ReviewAnswer | Promise<ReviewAnswer> {
  const { phase, request, rows } = review;
  if (rows.length === 0 || isBeingDeleted(request)) {
    countReview(options.metrics, phase, rows.length === 0 ? 'other' : request.resource, request, 'allowed');
    return allowUntouched(request);
  }
  const questions = rows.flatMap((row) => row.ask?.(request, options.view) ?? []);
  if (questions.length === 0) return weigh(options, review, NO_ANSWERS);
  return answersTo(questions, options, review.request, review.deadlineMs).then((answers) =>
    weigh(options, review, answers),
  );
}

/** A refusal is told for sure after so long, whether or not the API server could be asked. */
const DOUBT_MS = 500;

/** What the rows say; where a refusal rests on what the view lacks, they are asked again with what is there by now. */
function weigh(options: AdmissionOptions, review: Review, answers: Answers): ReviewAnswer | Promise<ReviewAnswer> {
  const gathered = askRows(options, review, answers);
  const doubts = gathered.denials.flatMap((denial) => denial.doubts ?? []);
  if (doubts.length === 0) return settle(options, review, gathered);
  const untilMs = Math.min(review.deadlineMs, options.clock.monotonicMs() + DOUBT_MS);
  return answersTo(doubts, options, review.request, untilMs).then((found) => {
    const isNews = [...found.values()].some((answer) => answer.kind === 'fetch' && typeof answer.object !== 'string');
    if (!isNews) return settle(options, review, gathered);
    const view = confirmedView(options.view, found);
    return settle(options, review, askRows({ ...options, view }, review, answers));
  });
}

function answersTo(
  questions: readonly Question[],
  { questions: ports, clock }: AdmissionOptions,
  request: AdmissionRequest,
  deadlineMs: number,
): Promise<Answers> {
  return answerQuestions(questions, request, ports, clock, deadlineMs);
}

function askRows(options: AdmissionOptions, { rows, request, deadlineMs }: Review, answers: Answers): Gathered {
  const gathered: Gathered = {
    object: request.object,
    patch: [],
    warnings: [],
    audit: {},
    hits: [],
    denials: [],
    fault: '',
  };
  for (const row of rows) {
    if (options.clock.monotonicMs() > deadlineMs) {
      gathered.fault = 'deadline passed';
      break;
    }
    try {
      take(options, row, request, gathered, answers);
    } catch (error) {
      gathered.fault = describe(error);
    }
    // Validators are independent of one another, so all of them speak; a mutator needs what the one before it made.
    if (row.phase === 'mutate' && (gathered.fault !== '' || gathered.denials.length > 0)) break;
  }
  return gathered;
}

function take(
  options: AdmissionOptions,
  row: AdmissionRow,
  request: AdmissionRequest,
  gathered: Gathered,
  answers: Answers,
): void {
  const asked = gathered.patch.length === 0 ? request : { ...request, object: gathered.object };
  const verdict: Verdict = row.admit(asked, options.view, answers);
  switch (verdict.kind) {
    case 'deny':
      gathered.denials.push(verdict);
      break;
    case 'error':
      gathered.fault = verdict.message === '' ? 'a row reported an error' : verdict.message;
      break;
    case 'allow':
      gathered.warnings.push(...verdict.warnings);
      Object.assign(gathered.audit, verdict.audit);
      if (verdict.hits !== undefined) gathered.hits.push(...verdict.hits);
      if (verdict.patch.length > 0) takePatch(options, row, request, verdict, gathered);
      break;
    default:
      gathered.fault = 'a row gave no verdict';
  }
}

/** The API server fails a review whose patch is misplaced; a bug in one row must not stop deletions, so it is dropped. */
function takePatch(
  options: AdmissionOptions,
  row: AdmissionRow,
  request: AdmissionRequest,
  verdict: AllowVerdict,
  gathered: Gathered,
): void {
  if (row.phase === 'validate' || request.operation === 'DELETE' || gathered.object === undefined) {
    reportFault(options, row.phase, request, 'misplaced-patch', 'a patch was dropped where none may be');
    return;
  }
  const object = applyPatch(gathered.object, verdict.patch);
  if (!isJsonObject(object)) {
    gathered.fault = `the patch of a row does not apply: ${verdict.patch.map(({ op, path }) => `${op} ${path}`).join(', ')}`;
    return;
  }
  gathered.object = object;
  gathered.patch.push(...verdict.patch);
}

/** A refusal that is certain outranks a fault: it holds under either failure mode. */
function settle(options: AdmissionOptions, review: Review, gathered: Gathered): ReviewAnswer {
  const { metrics } = options;
  const { phase, request, failureMode } = review;
  const { patch, warnings, audit, denials, fault } = gathered;
  if (fault !== '') reportFault(options, phase, request, 'fault', fault);
  if (denials.length > 0) {
    countReview(metrics, phase, request.resource, request, 'denied');
    const answer = denyWith(request, denials, warnings);
    logDenial(options.log, phase, request, answer);
    return answer;
  }
  if (fault !== '') {
    countReview(metrics, phase, request.resource, request, 'error');
    return failWith(request, INTERNAL_ERROR, failureMode);
  }
  countReview(metrics, phase, request.resource, request, patch.length > 0 ? 'patched' : 'allowed');
  countHits(metrics, request, gathered.hits);
  return allowWith(request, patch, warnings, audit);
}

/**
 * Finalizers could never be removed if objects on their way out were refused or changed. The stored object tells:
 * a user may write a deletion time into the one that is sent, and nothing is born deleted.
 */
function isBeingDeleted(request: AdmissionRequest): boolean {
  if (request.operation !== 'UPDATE' && request.operation !== 'DELETE') return false;
  return typeof memberAt(request.oldObject, 'metadata', 'deletionTimestamp') === 'string';
}

function countReview(
  metrics: Metrics,
  phase: Phase,
  resource: string,
  request: AdmissionRequest,
  decision: 'allowed' | 'patched' | 'denied' | 'error' | 'shed',
): void {
  metrics.count(REVIEWS_TOTAL, { phase, resource, operation: request.operation, decision });
}

/** Whoever only asks has no effect. */
function countHits(metrics: Metrics, { dryRun }: AdmissionRequest, hits: readonly PolicyHit[]): void {
  if (dryRun) return;
  for (const { policy, enforcement } of hits) metrics.count(POLICY_HITS_TOTAL, { policy, enforcement });
}

function reportFault(
  options: AdmissionOptions,
  phase: Phase,
  request: AdmissionRequest,
  cause: 'fault' | 'misplaced-patch',
  message: string,
): void {
  options.metrics.count(INTERNAL_ERRORS_TOTAL, { phase, cause });
  options.log.error('admission failed inside', {
    phase,
    ...identity(request),
    failureMode: options.failureMode,
    message,
  });
}

function logDenial(log: Logger, phase: Phase, request: AdmissionRequest, answer: ReviewAnswer): void {
  const { reason, message } = answer.denial ?? { reason: '', message: '' };
  log.info('review denied', { phase, ...identity(request), reason, message });
}

/** Enough to find the object again; never the object itself. */
function identity(request: AdmissionRequest): Record<string, string | boolean> {
  const { uid, operation, resource, subresource, namespace, name, dryRun } = request;
  return { uid, operation, resource, subresource, namespace, name, dryRun };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
