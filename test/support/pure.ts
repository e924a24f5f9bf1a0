/**
 * Runs a function that must depend on its arguments only: the clock and the dice throw while it runs. It also catches what the linter
 * cannot see, such as an alias of `Math`. For synchronous functions, since the traps are gone when it returns.
 */
export function withoutAmbient<T>(fn: () => T): T {
  const RealDate = globalThis.Date;
  const restore = [
    replace(RealDate, 'now', trap('Date.now')),
    replace(Math, 'random', trap('Math.random')),
    replace(performance, 'now', trap('performance.now')),
    replace(globalThis, 'Date', datesFromArgumentsOnly(RealDate)),
  ];
  try {
    const result = fn();
    if (result instanceof Promise)
      throw new Error('Cannot watch a promise: withoutAmbient is for synchronous functions');
    return result;
  } finally {
    for (const undo of restore.toReversed()) undo();
  }
}

function trap(name: string): () => never {
  return () => {
    throw new Error(`${name} was used in a pure function`);
  };
}

function datesFromArgumentsOnly(RealDate: DateConstructor): DateConstructor {
  return new Proxy(RealDate, {
    apply: trap('Date()'),
    construct(target, args, newTarget) {
      if (args.length === 0) trap('new Date()')();
      return Reflect.construct(target, args, newTarget) as Date;
    },
  });
}

function replace<T extends object, K extends keyof T>(owner: T, key: K, value: T[K]): () => void {
  const had = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, { value, configurable: true, writable: true });
  return () => {
    if (had === undefined) Reflect.deleteProperty(owner, key);
    else Object.defineProperty(owner, key, had);
  };
}
