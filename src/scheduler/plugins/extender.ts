import type { Plugin, PluginHooks, Vote } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { OutsideQuestion, Subject } from '../ledger/outside-answers.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { OutsideNodes } from './outside-nodes.ts';
import { OutsideProgram } from './outside-program.ts';
import { OutsideVictims } from './outside-victims.ts';

/**
 * Has a program outside vote on which groups come in, which queues get nothing more, which nodes pods may use, and which pods
 * may go for others. It is asked between cycles: until it has answered, whoever it is asked about waits.
 */
export const extender: Plugin = {
  name: 'extender',
  make: (snapshot, options) => {
    const program = new OutsideProgram(options);
    const victims = new OutsideVictims(snapshot, program);
    return {
      onSessionOpen: (nowMs) => {
        snapshot.outside.open(nowMs);
        snapshot.outsideNodes.open(nowMs);
        snapshot.outsideVictims.open(nowMs);
        victims.open();
      },
      ...(program.asks('jobEnqueueable') ? enqueueHooks(snapshot, program) : {}),
      ...(program.asks('queueOverused') ? { overusedFn: (queue) => overused(queue, snapshot, program) } : {}),
      ...(program.asks('predicate') || program.asks('prioritize') ? nodeHooks(snapshot, program) : {}),
      ...(program.asks('preemptable') ? { preemptableFn: victims.vote('preemptable'), votesByJobFn: () => true } : {}),
      ...(program.asks('reclaimable') ? { reclaimableFn: victims.vote('reclaimable'), votesByJobFn: () => true } : {}),
    };
  },
};

function nodeHooks(snapshot: Snapshot, program: OutsideProgram): PluginHooks {
  const nodes = new OutsideNodes(snapshot, program);
  // Which pods are claimed hangs on what they ask for.
  return { contextFn: (task) => nodes.contextOf(task), claimStampFn: () => 0 };
}

function enqueueHooks(snapshot: Snapshot, program: OutsideProgram): PluginHooks {
  let stamp = 0;
  let version = -1;
  return {
    jobEnqueueableFn: (job) => enqueueable(job, snapshot, program),
    enqueueStampFn: () => {
      if (version !== snapshot.outside.version) stamp = snapshot.nextStamp();
      version = snapshot.outside.version;
      return stamp;
    },
  };
}

function enqueueable({ record, priority, key }: Job, snapshot: Snapshot, program: OutsideProgram): Vote {
  const subject: Subject = { kind: 'job', record, priority };
  const status = ask(
    questionOf(program, 'jobEnqueueable', `${record.uid} ${record.queue}`, subject),
    snapshot,
    program,
  );
  if (typeof status === 'object') return status;
  if (status >= 0) return status > 0 ? 'permit' : 'abstain';
  return { code: 'RefusedByExtender', message: `PodGroup ${key} is not let in by the extender at ${program.prefix}.` };
}

function overused({ record }: Queue, snapshot: Snapshot, program: OutsideProgram): Refusal | undefined {
  const subject: Subject = { kind: 'queue', record };
  const status = ask(questionOf(program, 'queueOverused', record.uid, subject), snapshot, program);
  if (typeof status === 'object') return status;
  if (status >= 0) return undefined;
  const message = `queue ${record.name} gets nothing more, by the extender at ${program.prefix}.`;
  return { code: 'RefusedByExtender', message };
}

function questionOf(
  program: OutsideProgram,
  verb: 'jobEnqueueable' | 'queueOverused',
  about: string,
  subject: Subject,
): OutsideQuestion {
  const url = program.url(verb);
  return { key: `${url} ${about}`, url, timeoutMs: program.timeoutMs, subject };
}

function ask(question: OutsideQuestion, { outside }: Snapshot, program: OutsideProgram): number | Refusal {
  const answer = outside.ask(question);
  if (answer?.kind === 'status') return answer.status;
  if (answer !== undefined && program.isIgnorable) return 0;
  return program.waiting(answer === undefined ? 'has not answered yet' : `cannot be asked: ${answer.why}`);
}
