import type { SchedulingShape } from '../../api/records/scheduling-shape.ts';
import type { ResourceTable } from './resource-table.ts';
import { TaskClass } from './task-class.ts';

/** Is told which classes are in use. */
interface ClassObserver {
  claim(taskClass: TaskClass): void;
  release(taskClass: TaskClass): void;
}

/** The classes in use; a class lives as long as a task refers to it. */
export class ClassTable {
  /** Of the shapes that are in memory; the class of one may be out of use. */
  readonly #byShape = new WeakMap<SchedulingShape, TaskClass>();
  readonly #byKey = new Map<string, TaskClass>();
  readonly #resources: ResourceTable;
  readonly #observer: ClassObserver;

  constructor(resources: ResourceTable, observer: ClassObserver) {
    this.#resources = resources;
    this.#observer = observer;
  }

  get size(): number {
    return this.#byKey.size;
  }

  values(): Iterable<TaskClass> {
    return this.#byKey.values();
  }

  /** The class of the shape, made on first sight. Found by identity first: projections share equal shapes. */
  claim(shape: SchedulingShape): TaskClass {
    let known = this.#byShape.get(shape);
    if (known === undefined || known.references === 0) {
      known = this.#byKey.get(shape.key) ?? new TaskClass(shape, this.#resources);
      this.#byKey.set(shape.key, known);
      this.#byShape.set(shape, known);
    }
    known.references += 1;
    if (known.references === 1) this.#observer.claim(known);
    return known;
  }

  release(taskClass: TaskClass): void {
    taskClass.references -= 1;
    if (taskClass.references > 0) return;
    this.#byKey.delete(taskClass.shape.key);
    this.#observer.release(taskClass);
  }
}
