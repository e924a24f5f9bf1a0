import type { SchedulingShape } from '../../api/records/scheduling-shape.ts';
import type { ResourceTable } from './resource-table.ts';
import { TaskClass } from './task-class.ts';

/** The classes in use; a class lives as long as a task refers to it. */
export class ClassTable {
  readonly #byShape = new Map<SchedulingShape, TaskClass>();
  readonly #byKey = new Map<string, TaskClass>();
  readonly #resources: ResourceTable;

  constructor(resources: ResourceTable) {
    this.#resources = resources;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** The class of the shape, made on first sight. Found by identity first: projections share equal shapes. */
  claim(shape: SchedulingShape): TaskClass {
    let known = this.#byShape.get(shape);
    if (known === undefined) {
      known = this.#byKey.get(shape.key) ?? new TaskClass(shape, this.#resources);
      this.#byKey.set(shape.key, known);
      this.#byShape.set(shape, known);
      known.shapes.push(shape);
    }
    known.references += 1;
    return known;
  }

  release(taskClass: TaskClass): void {
    taskClass.references -= 1;
    if (taskClass.references > 0) return;
    this.#byKey.delete(taskClass.shape.key);
    for (const shape of taskClass.shapes) this.#byShape.delete(shape);
  }
}
