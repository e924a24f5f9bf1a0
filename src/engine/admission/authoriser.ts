import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { Answer, AuthoriseQuestion } from '../../../webhooks/question.ts';
import { apiVersion, SUBJECT_ACCESS_REVIEWS } from '../../api/resources.ts';
import { memberAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Clock, ClusterWriter } from '../ports.ts';

/** A right that was just given works, and one that was taken away ends, within these times. */
const ALLOWED_LIFE_MS = 10_000;
const DENIED_LIFE_MS = 2_000;
/** Answers kept; the oldest go first. */
const MOST_KEPT = 10_000;

interface Kept {
  readonly verdict: 'allowed' | 'denied';
  readonly untilMs: number;
}

/**
 * Asks the API server whether users may do something, as it would decide itself (SubjectAccessReview), and keeps the answers
 * for a moment. Whoever cannot be asked about is unknown, and nothing is kept of that.
 */
export class Authoriser {
  readonly #writer: ClusterWriter;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #asked = new Map<string, Promise<Answer>>();

  constructor(writer: ClusterWriter, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
  }

  authorise(question: AuthoriseQuestion, request: AdmissionRequest): Promise<Answer> {
    const body = reviewBody(question, request);
    const key = JSON.stringify(body);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.untilMs > this.#clock.monotonicMs())
      return Promise.resolve({ kind: 'authorise', verdict: kept.verdict });
    // Ten pods of one Job ask the same at the same moment.
    const asked = this.#asked.get(key) ?? this.#ask(key, body);
    this.#asked.set(key, asked);
    return asked;
  }

  async #ask(key: string, body: JsonObject): Promise<Answer> {
    try {
      const outcome = await this.#writer.write({
        verb: 'create',
        type: SUBJECT_ACCESS_REVIEWS,
        namespace: '',
        name: '',
        subresource: '',
        lane: 'decision',
        body,
      });
      const allowed = outcome.kind === 'done' ? memberAt(outcome.object, 'status', 'allowed') : undefined;
      if (typeof allowed !== 'boolean') return { kind: 'authorise', verdict: 'unknown' };
      const verdict = allowed ? 'allowed' : 'denied';
      this.#keep(key, verdict);
      return { kind: 'authorise', verdict };
    } finally {
      this.#asked.delete(key);
    }
  }

  #keep(key: string, verdict: Kept['verdict']): void {
    this.#kept.delete(key);
    const lifeMs = verdict === 'allowed' ? ALLOWED_LIFE_MS : DENIED_LIFE_MS;
    this.#kept.set(key, { verdict, untilMs: this.#clock.monotonicMs() + lifeMs });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}

function reviewBody(question: AuthoriseQuestion, request: AdmissionRequest): JsonObject {
  const { verb, type, subresource, namespace, name } = question;
  const { group, version, plural: resource } = type;
  const { username, userUid, userGroups, userExtra } = request;
  return {
    apiVersion: apiVersion(SUBJECT_ACCESS_REVIEWS),
    kind: SUBJECT_ACCESS_REVIEWS.kind,
    spec: {
      user: username,
      uid: userUid,
      groups: [...userGroups],
      extra: Object.fromEntries(Object.entries(userExtra).map(([key, values]) => [key, [...values]])),
      resourceAttributes: { verb, group, version, resource, subresource, namespace, name },
    },
  };
}
