import type { Post, PostAnswer } from './post.ts';
import { isJsonObject, member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type {
  OutsideAnswer,
  OutsideAnswers,
  OutsideQuestion,
  Subject,
} from '../../scheduler/ledger/outside-answers.ts';
import type { OutsideRounds, Round } from '../../scheduler/ledger/outside-rounds.ts';
import type { Clock, Metrics } from '../ports.ts';
import { askRound } from './ask-round.ts';
import { jobInfo, queueInfo } from './volcano-bodies.ts';

type Rounds = Pick<OutsideRounds<never>, 'take' | 'answered'>;

export interface OutsideDeskOptions {
  readonly post: Post;
  readonly answers: OutsideAnswers;
  /** About nodes, and about pods that could go for others. */
  readonly rounds: readonly Rounds[];
  readonly onAnswer: () => void;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Asks programs outside what the core noted in a cycle. The core bounds how many questions are open. */
export class OutsideDesk {
  readonly #options: OutsideDeskOptions;

  constructor(options: OutsideDeskOptions) {
    this.#options = options;
  }

  /** Sends what was noted; each answer is handed over when it comes. */
  serve(): void {
    for (const question of this.#options.answers.take()) void this.#ask(question);
    for (const rounds of this.#options.rounds) for (const round of rounds.take()) void this.#askRound(rounds, round);
  }

  async #ask({ key, url, timeoutMs, subject }: OutsideQuestion): Promise<void> {
    const { post, answers, clock, onAnswer } = this.#options;
    const answer = read(await post(url, JSON.stringify(bodyOf(subject)), timeoutMs), subject);
    this.#count(answer);
    answers.answered(key, answer, clock.nowMs());
    onAnswer();
  }

  async #askRound(rounds: Rounds, round: Round): Promise<void> {
    const { post, clock, onAnswer } = this.#options;
    const verdicts = await askRound(round.subject, async (url, body) => {
      const answer = await post(url, JSON.stringify(body), round.timeoutMs);
      this.#count(answer);
      return answer;
    });
    rounds.answered(round, verdicts, clock.nowMs());
    onAnswer();
  }

  #count({ kind }: PostAnswer | OutsideAnswer): void {
    const result = kind === 'failed' ? 'failed' : 'answered';
    this.#options.metrics.count('sluice_extender_calls_total', { result });
  }
}

function bodyOf(subject: Subject): JsonObject {
  return subject.kind === 'job'
    ? { job: jobInfo(subject.record, subject.priority) }
    : { queue: queueInfo(subject.record) };
}

function read(answer: PostAnswer, { kind }: Subject): OutsideAnswer {
  if (answer.kind === 'failed') return answer;
  if (!isJsonObject(answer.value)) return { kind: 'failed', why: 'the answer is no object' };
  if (kind === 'queue') return { kind: 'status', status: member(answer.value, 'overused') === true ? -1 : 1 };
  const status = member(answer.value, 'status') ?? 0;
  if (typeof status !== 'number') return { kind: 'failed', why: 'the status in the answer is no number' };
  return { kind: 'status', status };
}
