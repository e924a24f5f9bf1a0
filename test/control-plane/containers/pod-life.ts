import { ContainerLife } from './container-life.ts';
import type { ContainerEnd } from './container-life.ts';
import type { ContainerPlan } from './read-container.ts';
import type { PodPlan } from './pod-plan.ts';

/** The containers of one pod on its node, one after the other and side by side. Times in milliseconds since the epoch. */
export class PodLife {
  readonly plan: PodPlan;
  readonly init: readonly ContainerLife[];
  readonly main: readonly ContainerLife[];
  #leaving = false;

  constructor(plan: PodPlan) {
    this.plan = plan;
    this.init = plan.init.map((each) => this.#initLife(each));
    this.main = plan.main.map((each) => new ContainerLife(each, Infinity, (code) => this.#startsAgain(code)));
  }

  /** Where kwok has started it: the init containers are done, all others run. */
  startWhole(nowMs: number): void {
    for (const each of this.init) {
      if (each.plan.sidecar) each.start(nowMs);
      else each.skip(nowMs);
    }
    for (const each of this.main) each.start(nowMs);
  }

  /** Brings it to the present. */
  advance(nowMs: number): void {
    for (const each of this.init) {
      if (!each.started && this.#end() === undefined) each.start(nowMs);
      each.advance(nowMs);
      if (!isPast(each)) break;
    }
    if (this.initialized) for (const each of this.main) if (!each.started) each.start(nowMs);
    for (const each of this.main) each.advance(nowMs);
    if (this.#end() !== undefined) for (const each of this.init) each.terminate(nowMs, 0);
    for (const each of this.init) each.advance(nowMs);
  }

  /** Tells every container to go; after the seconds of grace they are killed. */
  terminate(nowMs: number, graceSeconds: number): void {
    this.#leaving = true;
    for (const each of [...this.init, ...this.main]) each.terminate(nowMs, graceSeconds);
    this.advance(nowMs);
  }

  /** When something happens next. */
  get nextMs(): number {
    return Math.min(...[...this.init, ...this.main].map((each) => each.nextMs));
  }

  get initialized(): boolean {
    return this.init.every(isPast);
  }

  get phase(): 'Pending' | 'Running' | 'Succeeded' | 'Failed' {
    const end = this.#end();
    if (end !== undefined) return end.exitCode === 0 ? 'Succeeded' : 'Failed';
    return this.initialized ? 'Running' : 'Pending';
  }

  /** Whether it has ended and nothing of it runs any more. */
  get isOver(): boolean {
    return this.#end() !== undefined && [...this.init, ...this.main].every(({ state }) => state.kind !== 'running');
  }

  #initLife(plan: ContainerPlan): ContainerLife {
    if (plan.sidecar) return new ContainerLife(plan, Infinity, () => !this.#leaving && this.#end() === undefined);
    return new ContainerLife(plan, 0, (code) => code !== 0 && this.#startsAgain(code));
  }

  #startsAgain(exitCode: number): boolean {
    const { restartPolicy } = this.plan;
    return !this.#leaving && (restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0));
  }

  /** The end that decides for the pod: of an init container that failed, or of all its own containers. */
  #end(): ContainerEnd | undefined {
    const failedInit = this.init.find(({ plan, end }) => !plan.sidecar && end !== undefined && end.exitCode !== 0);
    if (failedInit !== undefined) return failedInit.end;
    const ends = this.main.map(({ end }) => end);
    return ends.includes(undefined) ? undefined : (ends.find((end) => end?.exitCode !== 0) ?? ends.at(-1));
  }
}

function isPast({ plan, started, end }: ContainerLife): boolean {
  return plan.sidecar ? started : end?.exitCode === 0;
}
