import type { PlacementContext } from '../framework/plugin.ts';
import type { TaskClass } from '../model/task-class.ts';

/** A context about the nodes as they were when it was made. */
interface CurrentContext extends PlacementContext {
  readonly isCurrent: boolean;
}

interface Known<C> {
  readonly context: C;
  checkedIn: number;
}

/** Terms come and go while a class stays: contexts that nobody asked for in so many cycles are dropped. */
const KEPT_CYCLES = 16;

/** The contexts of one plugin for the pods of a class, by the terms that speak of them, as long as the nodes are what they were. */
export class ClassContexts<C extends CurrentContext> {
  readonly #keyPrefix: string;
  readonly #byClass = new WeakMap<TaskClass, Map<string, Known<C>>>();
  #made = 0;
  #cycle = 0;

  constructor(keyPrefix: string) {
    this.#keyPrefix = keyPrefix;
  }

  /** Called once a cycle. */
  open(): void {
    this.#cycle += 1;
  }

  /** O(1) in a cycle that asked before. */
  of(taskClass: TaskClass, name: string, make: (key: string) => C): C {
    const known = this.#byClass.get(taskClass)?.get(name);
    if (known === undefined || (known.checkedIn !== this.#cycle && !known.context.isCurrent)) {
      return this.#make(taskClass, name, make);
    }
    known.checkedIn = this.#cycle;
    return known.context;
  }

  #make(taskClass: TaskClass, name: string, make: (key: string) => C): C {
    this.#made += 1;
    const context = make(`${this.#keyPrefix} ${this.#made}`);
    let contexts = this.#byClass.get(taskClass);
    if (contexts === undefined) this.#byClass.set(taskClass, (contexts = new Map()));
    for (const [other, { checkedIn }] of contexts) if (checkedIn < this.#cycle - KEPT_CYCLES) contexts.delete(other);
    contexts.set(name, { context, checkedIn: this.#cycle });
    return context;
  }
}
