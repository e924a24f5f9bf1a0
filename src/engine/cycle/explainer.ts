import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { Explanation } from '../../scheduler/explanation/explanation.ts';
import { withoutOthers } from '../../scheduler/explanation/redaction.ts';

/** Which object of a namespace the asker has read: its UID is the proof, for nobody can guess one. */
export interface GroupProof {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Why does the group wait? */
export interface ExplainQuestion {
  readonly group: GroupProof;
  /** Groups of other namespaces: names of all groups there are told as well. */
  readonly others: readonly GroupProof[];
}

export type ExplainAnswer =
  | { readonly kind: 'explained'; readonly explanation: Explanation }
  /** There is no such group, or it is another one by now. */
  | { readonly kind: 'notFound' }
  /** Another process decides. */
  | { readonly kind: 'notLeading' }
  | { readonly kind: 'tooBusy' }
  /** A fault of Sluice. */
  | { readonly kind: 'failed'; readonly problem: string };

interface ExplainerPorts {
  readonly group: (key: string) => PodGroupRecord | undefined;
  readonly explain: (key: string) => Explanation | undefined;
}

/**
 * Answers people who ask why a group waits: from what the latest cycle left, hence at once when no cycle is due, else right
 * after it. Costs nothing while nobody asks.
 */
export class Explainer {
  readonly #ports: ExplainerPorts;
  readonly #waiting: ((isLeading: boolean) => void)[] = [];

  constructor(ports: ExplainerPorts) {
    this.#ports = ports;
  }

  ask(question: ExplainQuestion, isLeading: boolean, isCycleDue: boolean): Promise<ExplainAnswer> {
    if (!isLeading) return Promise.resolve({ kind: 'notLeading' });
    if (!isCycleDue) return Promise.resolve(this.#answer(question));
    return new Promise((resolve) => {
      this.#waiting.push((leads) => resolve(leads ? this.#answer(question) : { kind: 'notLeading' }));
    });
  }

  /** A cycle has ended. */
  cycled(): void {
    if (this.#waiting.length > 0) for (const answer of this.#waiting.splice(0)) answer(true);
  }

  /** This process leads no more. */
  stop(): void {
    for (const answer of this.#waiting.splice(0)) answer(false);
  }

  #answer({ group, others }: ExplainQuestion): ExplainAnswer {
    if (!this.#isProven(group)) return { kind: 'notFound' };
    try {
      const explanation = this.#ports.explain(keyOf(group));
      if (explanation === undefined) return { kind: 'notFound' };
      const proven = [group, ...others.filter((other) => this.#isProven(other))];
      const namespaces = new Set(proven.map(({ namespace }) => namespace));
      return { kind: 'explained', explanation: withoutOthers(explanation, namespaces) };
    } catch (error) {
      // Who asks must not be able to end the scheduler.
      return { kind: 'failed', problem: String(error) };
    }
  }

  #isProven(proof: GroupProof): boolean {
    return proof.uid !== '' && this.#ports.group(keyOf(proof))?.uid === proof.uid;
  }
}

function keyOf({ namespace, name }: GroupProof): string {
  return `${namespace}/${name}`;
}
