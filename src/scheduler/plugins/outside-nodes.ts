import type { PlacementContext, PluginHooks } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import { askedPod, waitingPod } from './outside-program.ts';
import type { OutsideProgram } from './outside-program.ts';
import type { AskedNode, Asker, Matter, Verdict } from '../ledger/outside-rounds.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';

/** Which nodes a program outside lets pods use, and how it scores them. */
export class OutsideNodes {
  readonly #snapshot: Snapshot;
  readonly #program: OutsideProgram;
  readonly #serials = new Serials();
  readonly #byJob = new WeakMap<Job, Map<TaskClass, Map<string, NodesContext>>>();
  readonly #byClass = new WeakMap<TaskClass, NodesContext>();

  constructor(snapshot: Snapshot, program: OutsideProgram) {
    this.#snapshot = snapshot;
    this.#program = program;
    snapshot.openPlacements.use();
  }

  /** Pods of one group, role and class are asked for once; where answers hang on classes alone, all pods of a class. */
  contextOf(task: Task): PlacementContext | undefined {
    const { job, class: taskClass, record } = task;
    if (job === undefined || !this.#program.minds(task)) return undefined;
    if (this.#program.answersByClass) {
      let shared = this.#byClass.get(taskClass);
      if (shared === undefined) this.#byClass.set(taskClass, (shared = this.#make(task)));
      return shared;
    }
    const byClass = this.#byJob.get(job) ?? new Map<TaskClass, Map<string, NodesContext>>();
    this.#byJob.set(job, byClass);
    const byRole = byClass.get(taskClass) ?? new Map<string, NodesContext>();
    byClass.set(taskClass, byRole);
    let context = byRole.get(record.task);
    if (context === undefined) byRole.set(record.task, (context = this.#make(task)));
    return context;
  }

  /** Answers outlive a reload of the configuration: the key holds all that they hang on. */
  #make(task: Task): NodesContext {
    const { job, record, class: taskClass } = task;
    const program = this.#program;
    const whose = program.answersByClass ? '' : `${job?.record.uid ?? ''} ${record.task}`;
    const key = `extender ${program.url('predicate')} ${program.url('prioritize')} ${whose} ${taskClass.shape.key}`;
    return new NodesContext(key, task, {
      snapshot: this.#snapshot,
      program,
      serials: this.#serials,
    });
  }
}

/** Numbers by which tasks are told apart. */
class Serials {
  readonly #known = new WeakMap<Task, number>();
  #last = 0;

  of(task: Task): number {
    let serial = this.#known.get(task);
    if (serial === undefined) {
      this.#last += 1;
      this.#known.set(task, (serial = this.#last));
    }
    return serial;
  }
}

interface Surroundings {
  readonly snapshot: Snapshot;
  readonly program: OutsideProgram;
  readonly serials: Serials;
}

/** A node is closed until the program said yes, to the node as it is now with all that stands on it. */
class NodesContext implements PlacementContext {
  readonly key: string;
  readonly hooks: PluginHooks;
  readonly #around: Surroundings;
  readonly #asker: Asker<AskedNode>;

  constructor(key: string, task: Task, around: Surroundings) {
    this.key = key;
    this.#around = around;
    const { program } = around;
    this.#asker = {
      key,
      timeoutMs: program.timeoutMs,
      subject: (about) => ({
        kind: 'nodes',
        predicateUrl: program.url('predicate'),
        prioritizeUrl: program.url('prioritize'),
        pod: waitingPod(task),
        about,
      }),
    };
    this.hooks = {
      feasibleNode: (_, node) => this.allows(node),
      // With a score the context is asked behind all plugins, so that the program is asked about nodes with room.
      scoreNode: (_, node) => scoreOf(this.#peek(node)),
      explain: (_, reasons) => this.#explain(reasons),
    };
  }

  readonly version = (): number => {
    const { outsideNodes, featuresVersion } = this.#around.snapshot;
    return outsideNodes.version + featuresVersion;
  };

  readonly allows = (node: number): boolean => {
    const { snapshot } = this.#around;
    return this.#isOpen(snapshot.outsideNodes.ask(this.#asker, this.#matter(node)));
  };

  /** The program said yes, or what it says does not count. */
  #isOpen(verdict: Verdict | undefined): boolean {
    return verdict?.kind === 'yes' || (verdict?.kind === 'failed' && this.#around.program.isIgnorable);
  }

  /** Nothing is known of any node yet. */
  readonly refusal = (): Refusal | undefined => {
    const { snapshot, program } = this.#around;
    let why = snapshot.outsideNodes.isWaiting(this.key) ? 'has not answered yet' : undefined;
    for (let node = 0; node < snapshot.nodes.count; node += 1) {
      const verdict = this.#peek(node);
      if (this.#isOpen(verdict) || verdict?.kind === 'no') return undefined;
      if (verdict?.kind === 'failed') why = `cannot be asked: ${verdict.why}`;
    }
    return why === undefined ? undefined : program.waiting(why);
  };

  #explain(reasons: Map<string, number>): void {
    const told = new Map([
      ['no', 'node(s) were refused by the extender'],
      ['failed', 'node(s) could not be asked about at the extender'],
    ]);
    for (let node = 0; node < this.#around.snapshot.nodes.count; node += 1) {
      const verdict = this.#peek(node);
      const reason = this.#isOpen(verdict) ? undefined : told.get(verdict?.kind ?? '');
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }

  #peek(node: number): Verdict | undefined {
    return this.#around.snapshot.outsideNodes.peek(this.key, this.#matter(node));
  }

  #matter(node: number): Matter<AskedNode> {
    const { snapshot, program } = this.#around;
    const record = snapshot.nodes.records[node];
    if (record === undefined) throw new RangeError(`Cannot ask about node ${node}: there is none`);
    const key = program.answersByClass ? record.name : `${record.name} ${this.#standing(node)}`;
    return { key, of: record, describe: () => ({ record, pods: this.#podsOn(node, record.name) }) };
  }

  /** Which pods stand on the node, whoever came first. O(pods of the node x their logarithm). */
  #standing(node: number): string {
    const { snapshot, serials } = this.#around;
    return [...tasksOn(snapshot, node)]
      .map((task) => serials.of(task))
      .sort((a, b) => a - b)
      .join(',');
  }

  #podsOn(node: number, name: string): AskedNode['pods'] {
    return [...tasksOn(this.#around.snapshot, node)].map((task) => askedPod(task, name));
  }
}

/** Those that the open statement has placed there too. */
function* tasksOn({ nodeTasks, openPlacements }: Snapshot, node: number): Iterable<Task> {
  for (let task = nodeTasks.first(node); task !== undefined; task = task.nextOnNode) yield task;
  yield* openPlacements.on(node);
}

function scoreOf(verdict: Verdict | undefined): number {
  return verdict?.kind === 'yes' ? verdict.score : 0;
}
