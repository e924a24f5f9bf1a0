import type { DenyVerdict, PolicyHit } from '../admission.ts';
import type { Injection } from '../injection/injection.ts';
import { NO_INJECTION } from '../injection/injection.ts';
import type { QueueChoice } from '../queue-choice.ts';

/** What rules want of a pod or a template, and what is told of it. */
export interface Wanted {
  readonly injection: Injection;
  /** Takes the place of whatever queue is named, or of the namespace's default; undefined to leave it so. */
  readonly queue: QueueChoice | undefined;
  /** How few members a gang may start with; undefined to leave it so. */
  readonly minMembers: number | undefined;
  readonly denial: DenyVerdict | undefined;
  /** Told to people whenever they ask: what was left out, what a dry run would write. */
  readonly warnings: readonly string[];
  /** Told to people when something of it is written; empty for nothing. */
  readonly summary: string;
  /** Something that there can be one of only has another value than before. */
  readonly isNews: boolean;
  readonly audit: Readonly<Record<string, string>>;
  readonly hits: readonly PolicyHit[];
}

/** One shared value: no rule has anything to say. */
export const NOTHING_WANTED: Wanted = Object.freeze({
  injection: NO_INJECTION,
  queue: undefined,
  minMembers: undefined,
  denial: undefined,
  warnings: Object.freeze([]),
  summary: '',
  isNews: false,
  audit: Object.freeze({}),
  hits: Object.freeze([]),
});
