import type { VoteCount } from '../../config/policy.ts';
import type { Task } from '../model/task.ts';

/** The votes of one plugin on the candidates that are being asked about; undefined abstains. */
type Ballot = readonly Task[] | undefined;

/**
 * Who may go by all votes, in the order of the candidates. `ask` asks one voter. Three ways of counting:
 * - `all`: of all plugins of all tiers that vote, each must agree.
 * - `tiers`: the first tier in which somebody votes, and not all candidates are refused, decides; in it each must agree.
 * - `volcano`: as `tiers`, but once the candidates that voters of a tier agree on are none, the next one of the tier starts
 *   anew with its own (Volcano's count, fault and all).
 */
export function countVotes<V>(
  tiers: readonly (readonly V[])[],
  count: VoteCount,
  ask: (voter: V) => Ballot,
): readonly Task[] {
  if (count === 'all') return agreedByAll(tiers, ask) ?? [];
  for (const tier of tiers) {
    const victims = count === 'tiers' ? agreed(tier, ask) : reseeded(tier, ask);
    if (victims !== undefined && victims.length > 0) return victims;
  }
  return [];
}

/** Of the voters of all tiers; undefined when all abstain. */
function agreedByAll<V>(tiers: readonly (readonly V[])[], ask: (voter: V) => Ballot): Ballot {
  let victims: Ballot;
  for (const tier of tiers) {
    victims = agreed(tier, ask, victims);
    if (victims?.length === 0) return victims;
  }
  return victims;
}

/** With those who agreed before; undefined when all abstain. */
function agreed<V>(voters: readonly V[], ask: (voter: V) => Ballot, before?: Ballot): Ballot {
  let victims = before;
  for (const voter of voters) {
    const answer = ask(voter);
    if (answer === undefined) continue;
    victims = victims === undefined ? answer : common(victims, answer);
    if (victims.length === 0) return victims;
  }
  return victims;
}

/** A plugin that refuses all ends the tier; an empty agreement is forgotten. */
function reseeded<V>(voters: readonly V[], ask: (voter: V) => Ballot): Ballot {
  let victims: Ballot;
  for (const voter of voters) {
    const answer = ask(voter);
    if (answer === undefined) continue;
    if (answer.length === 0) return undefined;
    victims = victims === undefined ? answer : common(victims, answer);
    if (victims.length === 0) victims = undefined;
  }
  return victims;
}

function common(a: readonly Task[], b: readonly Task[]): readonly Task[] {
  // Nearly always.
  if (a === b || isSame(a, b)) return a;
  const others = new Set(b);
  return a.every((task) => others.has(task)) ? a : a.filter((task) => others.has(task));
}

function isSame(a: readonly Task[], b: readonly Task[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
