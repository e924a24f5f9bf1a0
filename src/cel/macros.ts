import { MistakeFound } from './mistake.ts';
import type { Macro, Syntax } from './syntax.ts';

/** A call as it is written. */
export interface WrittenCall {
  readonly name: string;
  readonly target: Syntax | undefined;
  readonly args: readonly Syntax[];
  readonly at: number;
}

const MACROS: Readonly<Record<string, Macro>> = {
  all: 'all',
  exists: 'exists',
  exists_one: 'exists_one',
  existsOne: 'exists_one',
  map: 'map',
  filter: 'filter',
};

/** What a call means: a macro of the language, or a function. */
export function callOf(call: WrittenCall): Syntax {
  const { name, target, args, at } = call;
  if (target === undefined) return name === 'has' ? presence(args, at) : { kind: 'call', ...call };
  const macro = Object.hasOwn(MACROS, name) ? MACROS[name] : undefined;
  return macro === undefined ? { kind: 'call', ...call } : loop(macro, target, args, at);
}

function presence(args: readonly Syntax[], at: number): Syntax {
  const [selection] = args;
  if (args.length !== 1 || selection?.kind !== 'select') {
    throw new MistakeFound(at, 'has() takes one selection, e.g. has(object.metadata.labels)');
  }
  return { ...selection, kind: 'has', at };
}

function loop(macro: Macro, range: Syntax, args: readonly Syntax[], at: number): Syntax {
  const [first, second, third] = args;
  const isWithCondition = macro === 'map' && args.length === 3;
  if (first === undefined || second === undefined || (args.length !== 2 && !isWithCondition)) {
    throw new MistakeFound(
      at,
      `${macro}() takes a variable and ${macro === 'map' ? 'one or two expressions' : 'one expression'}`,
    );
  }
  if (first.kind !== 'name')
    throw new MistakeFound(first.at, `the first argument of ${macro}() is the name of a variable`);
  const parts = { macro, range, variable: first.name, at } as const;
  if (third === undefined) return { kind: 'loop', ...parts, condition: undefined, body: second };
  return { kind: 'loop', ...parts, condition: second, body: third };
}
