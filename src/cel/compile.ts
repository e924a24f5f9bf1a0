import { has, index, list, literal, map, select, variable } from './access.ts';
import { call, matches } from './calls.ts';
import type { Compiled } from './compiled.ts';
import { MAX_LOOPS } from './limits.ts';
import { conditional, not } from './logic.ts';
import { loop } from './loops.ts';
import { MistakeFound } from './mistake.ts';
import { binary, minus } from './operators.ts';
import type { Syntax } from './syntax.ts';

/** The names that may be used at a place, and the slots that hold their values. */
export interface Scope {
  readonly slots: ReadonlyMap<string, number>;
  /** The first slot that nothing around the place uses. */
  readonly free: number;
  /** Loops around the place. */
  readonly loops: number;
}

/** Throws `MistakeFound` for what is unknown, not supported, or can never have a value. */
export function compile(syntax: Syntax, scope: Scope): Compiled {
  const { at } = syntax;
  const part = (one: Syntax): Compiled => compile(one, scope);
  switch (syntax.kind) {
    case 'literal':
      return literal(at, syntax.value);
    case 'name':
      return name(at, syntax.name, scope);
    case 'select':
      return select(at, part(syntax.operand), syntax.field);
    case 'has':
      return has(at, part(syntax.operand), syntax.field);
    case 'index':
      return index(at, part(syntax.operand), part(syntax.index));
    case 'unary':
      return syntax.operator === '!' ? not(at, part(syntax.operand)) : minus(at, part(syntax.operand));
    case 'binary':
      return binary(at, syntax.operator, part(syntax.left), part(syntax.right));
    case 'conditional':
      return conditional(at, part(syntax.test), part(syntax.whenTrue), part(syntax.otherwise));
    case 'list':
      return list(at, syntax.items.map(part));
    case 'map':
      return map(
        at,
        syntax.entries.map(([key, value]) => [part(key), part(value)] as const),
      );
    case 'call':
      return callOf(syntax, scope);
    case 'loop':
      return loopOf(syntax, scope);
  }
}

function name(at: number, wanted: string, { slots }: Scope): Compiled {
  const slot = slots.get(wanted);
  if (slot !== undefined) return variable(at, wanted, slot);
  throw new MistakeFound(at, `there is no variable ${wanted}; there are ${[...slots.keys()].join(', ')}`);
}

function callOf({ at, name: called, target, args }: Syntax & { kind: 'call' }, scope: Scope): Compiled {
  const parts = [...(target === undefined ? [] : [target]), ...args];
  if (called === 'matches' && parts.length === 2) {
    const [text, pattern] = parts;
    if (text === undefined || pattern?.kind !== 'literal' || typeof pattern.value !== 'string') {
      throw new MistakeFound(pattern?.at ?? at, 'the pattern of matches() is written as a string');
    }
    return matches(pattern.at, compile(text, scope), pattern.value);
  }
  const form = target === undefined ? 'global' : 'member';
  return call({ at, name: called, form, args: parts.map((one) => compile(one, scope)) });
}

function loopOf(syntax: Syntax & { kind: 'loop' }, scope: Scope): Compiled {
  const { at, macro } = syntax;
  if (scope.loops >= MAX_LOOPS) throw new MistakeFound(at, `more than ${MAX_LOOPS} comprehensions within one another`);
  const range = compile(syntax.range, scope);
  const slot = scope.free;
  // A variable that hides another one has a slot of its own, so that the other is itself again afterwards.
  const slots = new Map([...scope.slots, [syntax.variable, slot]]);
  const inner: Scope = { slots, free: slot + 1, loops: scope.loops + 1 };
  const condition = syntax.condition === undefined ? undefined : compile(syntax.condition, inner);
  return loop(at, { macro, range, slot, condition, body: compile(syntax.body, inner) });
}
