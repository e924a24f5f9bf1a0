import type { PluginArguments } from '../../config/policy.ts';
import { durationMs } from '../../lib/duration.ts';
import { switchArgument } from '../framework/plugin.ts';
import type { Plugin, PluginHooks, Refusal, Vote } from '../framework/plugin.ts';
import type { OutsideAnswers, OutsideQuestion, Subject } from '../ledger/outside-answers.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';

const DEFAULT_TIMEOUT_MS = 1000;

/**
 * Has a program outside vote on which groups come in, and on which queues get nothing more. It is asked between cycles: until
 * it has answered, the group waits.
 */
export const extender: Plugin = {
  name: 'extender',
  make: (snapshot, options) => {
    const program = new Program(snapshot, options);
    return {
      onSessionOpen: (nowMs) => snapshot.outside.open(nowMs),
      ...(program.votesOnJobs ? enqueueHooks(snapshot, program) : {}),
      ...(program.votesOnQueues ? { overusedFn: (queue) => program.overused(queue) } : {}),
    };
  },
};

function enqueueHooks(snapshot: Snapshot, program: Program): PluginHooks {
  let stamp = 0;
  let version = -1;
  return {
    jobEnqueueableFn: (job) => program.enqueueable(job),
    enqueueStampFn: () => {
      if (version !== snapshot.outside.version) stamp = snapshot.nextStamp();
      version = snapshot.outside.version;
      return stamp;
    },
  };
}

class Program {
  readonly #answers: OutsideAnswers;
  readonly #prefix: string;
  readonly #timeoutMs: number;
  readonly #jobVerb: string;
  readonly #queueVerb: string;
  /** What cannot be asked is left to other plugins. */
  readonly #isIgnorable: boolean;

  constructor({ outside }: Snapshot, options: PluginArguments) {
    const text = (key: string): string => String(options.get(key) ?? '');
    this.#answers = outside;
    this.#prefix = text('extender.urlPrefix').replace(/\/+$/, '');
    this.#timeoutMs = durationMs(text('extender.httpTimeout')) ?? DEFAULT_TIMEOUT_MS;
    this.#jobVerb = text('extender.jobEnqueueableVerb');
    this.#queueVerb = text('extender.queueOverusedVerb');
    this.#isIgnorable = switchArgument(options, 'extender.ignorable', false);
  }

  get votesOnJobs(): boolean {
    return this.#jobVerb !== '';
  }

  get votesOnQueues(): boolean {
    return this.#queueVerb !== '';
  }

  enqueueable({ record, priority, key }: Job): Vote {
    const status = this.#ask(this.#jobVerb, `${record.uid} ${record.queue}`, { kind: 'job', record, priority });
    if (typeof status === 'object') return status;
    if (status >= 0) return status > 0 ? 'permit' : 'abstain';
    return { code: 'RefusedByExtender', message: `PodGroup ${key} is not let in by the extender at ${this.#prefix}.` };
  }

  overused({ record }: Queue): Refusal | undefined {
    const status = this.#ask(this.#queueVerb, record.uid, { kind: 'queue', record });
    if (typeof status === 'object') return status;
    if (status >= 0) return undefined;
    const message = `queue ${record.name} gets nothing more, by the extender at ${this.#prefix}.`;
    return { code: 'RefusedByExtender', message };
  }

  #ask(verb: string, about: string, subject: Subject): number | Refusal {
    const url = `${this.#prefix}/${verb}`;
    const question: OutsideQuestion = { key: `${url} ${about}`, url, timeoutMs: this.#timeoutMs, subject };
    const answer = this.#answers.ask(question);
    if (answer?.kind === 'status') return answer.status;
    if (answer !== undefined && this.#isIgnorable) return 0;
    const why = answer === undefined ? 'has not answered yet' : `cannot be asked: ${answer.why}`;
    return { code: 'WaitingForExtender', message: `the extender at ${this.#prefix} ${why}.` };
  }
}
