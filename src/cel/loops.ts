import { compiled, mustBe } from './compiled.ts';
import type { Compiled } from './compiled.ts';
import { listedKeys } from './compare.ts';
import { OVER_BUDGET, pays } from './frame.ts';
import type { Frame } from './frame.ts';
import type { StaticType } from './functions.ts';
import type { Macro } from './syntax.ts';
import { Failure, isList, isMap, itemOf, lengthOf, MadeList, typeOf } from './value.ts';
import type { Outcome, Value } from './value.ts';

/** The parts of a comprehension; its variable is bound in a slot of the frame while the body is evaluated. */
export interface LoopParts {
  readonly macro: Macro;
  readonly range: Compiled;
  readonly slot: number;
  /** Only of `map` with a condition. */
  readonly condition: Compiled | undefined;
  readonly body: Compiled;
}

/** One round: undefined to go on, or what the whole comprehension gives. */
type Round = (frame: Frame, item: Value) => Outcome | undefined;

interface Run {
  readonly round: Round;
  /** What it gives when no round gave anything. */
  readonly end: () => Outcome;
}

const GIVES: Readonly<Record<Macro, StaticType>> = {
  all: 'bool',
  exists: 'bool',
  exists_one: 'bool',
  map: 'list',
  filter: 'list',
};

export function loop(at: number, parts: LoopParts): Compiled {
  const { macro, range, slot, condition, body } = parts;
  mustBe(range, ['list', 'map'], `what ${macro}() goes over`);
  for (const test of macro === 'map' ? [condition] : [body]) {
    if (test !== undefined) mustBe(test, ['bool'], `the condition of ${macro}()`);
  }
  const inner = condition === undefined ? [body] : [condition, body];
  const steps = inner.reduce((sum, part) => sum + part.size, 1);
  return compiled(at, GIVES[macro], [range, ...inner], (frame) => {
    const over = range.code(frame);
    if (over instanceof Failure) return over;
    return goThrough(frame, over, { slot, steps, run: runOf(parts) });
  });
}

interface Going {
  readonly slot: number;
  /** Of one round. */
  readonly steps: number;
  readonly run: Run;
}

function goThrough(frame: Frame, over: Value, { slot, steps, run }: Going): Outcome {
  if (!isList(over) && !isMap(over)) return new Failure(`there is nothing to go over in ${typeOf(over)}`);
  const list = isList(over) ? over : new MadeList(listedKeys(over, frame) ?? []);
  if (frame.steps < 0) return OVER_BUDGET;
  for (let place = 0; place < lengthOf(list); place += 1) {
    if (!pays(frame, steps)) return OVER_BUDGET;
    const item = itemOf(list, place) ?? null;
    frame.slots[slot] = item;
    const outcome = run.round(frame, item);
    if (frame.steps < 0) return OVER_BUDGET;
    if (outcome !== undefined) return outcome;
  }
  return run.end();
}

function runOf({ macro, condition, body }: LoopParts): Run {
  switch (macro) {
    case 'all':
      return quantified(body, false);
    case 'exists':
      return quantified(body, true);
    case 'exists_one':
      return exactlyOne(body);
    case 'map':
      return collected(condition, (frame) => body.code(frame));
    case 'filter':
      return collected(body, (_, item) => item);
  }
}

/** As a chain of `||` or `&&`: one deciding round is enough, even where others have no value. */
function quantified(body: Compiled, deciding: boolean): Run {
  let failure: Failure | undefined;
  return {
    round: (frame) => {
      const value = body.code(frame);
      if (value === deciding) return value;
      if (typeof value !== 'boolean') failure ??= failureOf(value);
      return undefined;
    },
    end: () => failure ?? !deciding,
  };
}

function exactlyOne(body: Compiled): Run {
  let count = 0;
  return {
    round: (frame) => {
      const value = body.code(frame);
      if (typeof value !== 'boolean') return failureOf(value);
      if (value) count += 1;
      return undefined;
    },
    end: () => count === 1,
  };
}

function collected(condition: Compiled | undefined, take: (frame: Frame, item: Value) => Outcome): Run {
  const items: Value[] = [];
  return {
    round: (frame, item) => {
      const isTaken = condition === undefined ? true : condition.code(frame);
      if (typeof isTaken !== 'boolean') return failureOf(isTaken);
      if (!isTaken) return undefined;
      const value = take(frame, item);
      if (value instanceof Failure) return value;
      items.push(value);
      return undefined;
    },
    end: () => new MadeList(items),
  };
}

function failureOf(value: Outcome): Failure {
  return value instanceof Failure ? value : new Failure(`a condition is bool, and this is ${typeOf(value)}`);
}
