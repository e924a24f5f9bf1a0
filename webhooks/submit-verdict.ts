import { fieldError } from '../src/lib/field-error.ts';
import type { ResourceAmounts } from '../src/api/records/scheduling-shape.ts';
import { unitWarnings } from './accelerators/unit-warnings.ts';
import type { ClusterView } from './admission.ts';
import type { DenyVerdict } from './verdict.ts';
import { excess, inWords, ofNodes, queuesAbove, roomWarnings } from './room-warnings.ts';
import type { AskedRoom } from './room-warnings.ts';
import { refuse } from './verdict.ts';

/** What is said to new work about its chances. */
export interface SubmitVerdict {
  /** Of work that can never start, where the operator wants that refused. */
  readonly denial: DenyVerdict | undefined;
  readonly warnings: readonly string[];
}

/** Nothing is said. */
export const TOLD_NOTHING: SubmitVerdict = Object.freeze({ denial: undefined, warnings: Object.freeze([]) });

/**
 * Whether new work can start: never as the cluster is, later, or now. `path` is the field that says how large it is, `misfits`
 * are what nodes said against it, and `waits` what has to happen first. All other work is served whatever the answer is.
 */
export function submitVerdict(
  asked: AskedRoom,
  path: string,
  view: ClusterView,
  misfits: readonly string[] = [],
  waits: readonly string[] = [],
): SubmitVerdict {
  const units = unitWarnings(asked, view);
  const never = view.neverFits === 'ignore' ? [] : [...roomWarnings(asked, view), ...units.never, ...misfits];
  const served = units.told;
  if (never.length === 0) return { denial: undefined, warnings: [...served, ...waitWarnings(asked, view, waits)] };
  if (view.neverFits === 'warn') return { denial: undefined, warnings: [...never, ...served] };
  const errors = never.map((message) => fieldError(path, 'FieldValueForbidden', undefined, message));
  return { denial: refuse('NeverFits', ...errors), warnings: never };
}

/** Why it will wait, as of a few seconds ago at most: what lacks, and who waits already. Nothing where it may start at once. */
function waitWarnings({ together, queue }: AskedRoom, view: ClusterView, waits: readonly string[]): readonly string[] {
  const free = view.free();
  if (free === undefined) return [];
  const reasons = [
    ...waits,
    ...lack(ofNodes(together), free, 'free'),
    ...queuesAbove(queue, view).flatMap(({ name, limit, held }) =>
      lack(together, left(limit, held, together), `left of what queue ${name} may hold`),
    ),
  ];
  const waiting = view.waitingIn(queue);
  if (reasons.length === 0 && waiting === 0) return [];
  const company = waiting === 0 ? [] : [`groups that wait in queue ${queue} already: ${waiting}`];
  return [...reasons.map((reason) => `it has to wait: ${reason}`), ...company];
}

function lack(together: ResourceAmounts, there: ResourceAmounts, what: string): readonly string[] {
  return excess(together, there).map(
    ({ name, asked, most }) => `${inWords(name)}: ${asked} asked for together, ${most} ${what}`,
  );
}

/** Of what the limit names, as far as it is asked for. */
function left(limit: ResourceAmounts, held: ResourceAmounts, asked: ResourceAmounts): ResourceAmounts {
  return new Map(
    [...asked].map(([name, amount]) => {
      const most = limit.get(name);
      return [name, most === undefined ? amount : Math.max(0, most - (held.get(name) ?? 0))];
    }),
  );
}
