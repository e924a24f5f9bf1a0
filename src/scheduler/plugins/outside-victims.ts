import type { VictimVote } from '../framework/plugin.ts';
import type { AskedPod, Asker, OutsideRounds } from '../ledger/outside-rounds.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { askedPod, waitingPod } from './outside-program.ts';
import type { OutsideProgram, Verb } from './outside-program.ts';

/** For whom somebody is asked about, and who may go for it as far as is known. */
interface Evictor {
  readonly asker: Asker<AskedPod>;
  readonly allowed: Set<Task>;
}

/**
 * Which pods a program outside lets go for others. Candidates are named in the middle of a decision: those of whom it has
 * said nothing stay, and are asked about together after the cycle; a plan that needs them is made again once it has answered.
 */
export class OutsideVictims {
  readonly #rounds: OutsideRounds<AskedPod>;
  readonly #program: OutsideProgram;
  readonly #evictors = new Map<string, Evictor>();

  constructor({ outsideVictims }: Snapshot, program: OutsideProgram) {
    this.#rounds = outsideVictims;
    this.#program = program;
  }

  /**
   * Called once a cycle. What was said for a group of which a pod went is over: it may have been said of fewer than all.
   * O(groups that others go for x pods that may).
   */
  open(): void {
    for (const [key, { allowed }] of this.#evictors) {
      const isOver = [...allowed].some(({ status }) => status === TaskStatus.Releasing);
      if (isOver) this.#rounds.forget(key);
      if (isOver || !this.#rounds.knows(key)) this.#evictors.delete(key);
    }
  }

  vote(verb: Extract<Verb, 'preemptable' | 'reclaimable'>): VictimVote {
    return (preemptor, candidates) => {
      if (!this.#program.minds(preemptor)) return undefined;
      const { asker, allowed } = this.#evictorOf(verb, preemptor);
      const named: Task[] = [];
      let abstains = 0;
      for (const candidate of candidates) {
        const verdict = this.#rounds.ask(asker, {
          key: candidate.uid,
          of: candidate,
          describe: () => askedPod(candidate, candidate.nodeName),
        });
        const isLeft = verdict?.kind === 'abstains' || (verdict?.kind === 'failed' && this.#program.isIgnorable);
        abstains += Number(isLeft);
        if (!isLeft && verdict?.kind !== 'yes') continue;
        named.push(candidate);
        allowed.add(candidate);
      }
      return abstains === candidates.length ? undefined : named;
    };
  }

  #evictorOf(verb: 'preemptable' | 'reclaimable', preemptor: Task): Evictor {
    const url = this.#program.url(verb);
    const { job, record, class: taskClass } = preemptor;
    const key = `${url} ${job?.record.uid ?? ''} ${record.task} ${taskClass.shape.key}`;
    let evictor = this.#evictors.get(key);
    if (evictor === undefined) {
      const pod = waitingPod(preemptor);
      const asker: Asker<AskedPod> = {
        key,
        timeoutMs: this.#program.timeoutMs,
        subject: (about) => ({ kind: 'victims', url, pod, about }),
      };
      this.#evictors.set(key, (evictor = { asker, allowed: new Set() }));
    }
    return evictor;
  }
}
