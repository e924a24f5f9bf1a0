import type { PluginArguments } from '../../config/policy.ts';
import { durationMs } from '../../lib/duration.ts';
import { switchArgument } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { AskedPod } from '../ledger/outside-rounds.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

const DEFAULT_TIMEOUT_MS = 1000;

/** What of a program is asked. */
export type Verb = 'jobEnqueueable' | 'queueOverused' | 'predicate' | 'prioritize' | 'preemptable' | 'reclaimable';

/** A program outside, as the arguments of the plugin tell of it. */
export class OutsideProgram {
  /** Without a slash at the end. */
  readonly prefix: string;
  readonly timeoutMs: number;
  /** What cannot be asked is left to other plugins. */
  readonly isIgnorable: boolean;
  /** What it says of a node hangs on what a pod asks for and on what the node is alone. */
  readonly answersByClass: boolean;
  readonly #options: PluginArguments;
  readonly #resources: ReadonlySet<string>;

  constructor(options: PluginArguments) {
    const text = (key: string): string => String(options.get(key) ?? '');
    this.#options = options;
    this.prefix = text('extender.urlPrefix').replace(/\/+$/, '');
    this.timeoutMs = durationMs(text('extender.httpTimeout')) ?? DEFAULT_TIMEOUT_MS;
    this.isIgnorable = switchArgument(options, 'extender.ignorable', false);
    this.answersByClass = switchArgument(options, 'extender.answersByClass', false);
    const listed = text('extender.managedResources').split(',');
    this.#resources = new Set(listed.map((name) => name.trim()).filter((name) => name !== ''));
  }

  asks(verb: Verb): boolean {
    return this.#path(verb) !== '';
  }

  /** Empty where it is not asked. */
  url(verb: Verb): string {
    return this.asks(verb) ? `${this.prefix}/${this.#path(verb)}` : '';
  }

  /** It is asked about such pods. */
  minds({ record: { shape } }: Task): boolean {
    return this.#resources.size === 0 || [...this.#resources].some((resource) => shape.requests.has(resource));
  }

  /** `why` is the end of a sentence about it. */
  waiting(why: string): Refusal {
    return { code: 'WaitingForExtender', message: `the extender at ${this.prefix} ${why}.` };
  }

  #path(verb: Verb): string {
    return String(this.#options.get(`extender.${verb}Verb`) ?? '');
  }
}

/** The pod as it stands, on the node that is named. */
export function askedPod({ record, job, status }: Task, node: string): AskedPod {
  return { record, job: job?.key ?? '', status, node };
}

/** The pod, as it waits or did. */
export function waitingPod(task: Task): AskedPod {
  return { ...askedPod(task, ''), status: TaskStatus.Pending };
}
