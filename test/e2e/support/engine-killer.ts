import { setTimeout as sleep } from 'node:timers/promises';
import { BIND_PLAN_ANNOTATION, GROUP_NAME_ANNOTATION } from '../../../src/api/keys.ts';
import { POD_GROUPS, PODS } from '../../../src/api/resources.ts';
import { numberAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { History, HistoryEvent } from './history.ts';
import type { SeededRandom } from './random.ts';
import { SluiceProcess } from './sluice-process.ts';
import type { SluiceOptions } from './sluice-options.ts';

/** What was killed when. */
export interface KillFigures {
  kills: number;
  /** Kills while at least one PodGroup carried a bind plan. */
  withOpenPlan: number;
  /** Kills that left a gang with some of its minimum bound, and not all. */
  leavingPart: number;
  /** Kills at any moment of a start, mostly before the engine led. */
  whileStarting: number;
  /** Kills of an engine that led: only such a one leaves anything behind. */
  ofLeaders: number;
  /** Ends that nobody asked for: a lease lost on a machine that is too busy, for one. */
  ownEnds: number;
}

/** Most kills wait for a bind plan, and those that wait in vain fall when this time is over. */
const PLAN_WAIT_MS = 3000;
/** Watches that lag behind are waited for before anything is planned. */
const STANDBY_PLAN_WAIT_MS = 5000;
const LEADS = 'leadership acquired';

/**
 * Runs the engine, and kills and restarts it at random moments, most of them while a bind plan is open. With a standby,
 * that one takes over, and the killed one comes back as the next standby.
 */
export class EngineKiller {
  readonly figures: KillFigures = {
    kills: 0,
    withOpenPlan: 0,
    leavingPart: 0,
    whileStarting: 0,
    ofLeaders: 0,
    ownEnds: 0,
  };
  readonly #options: SluiceOptions;
  readonly #history: History;
  readonly #random: SeededRandom;
  readonly #leaders = new Set<SluiceProcess>();
  #engine: SluiceProcess | undefined;
  #standby: SluiceProcess | undefined;
  #isStopped = false;

  constructor(options: SluiceOptions, history: History, random: SeededRandom) {
    this.#options = options;
    this.#history = history;
    this.#random = random;
  }

  /** Starts the first engine and waits until it works, and a second one that waits for its end. */
  async start(hasStandby = false): Promise<void> {
    await this.#launch().ready();
    if (hasStandby) this.#standby = await SluiceProcess.start(this.#options);
  }

  /** Kills it so many times, unless it is stopped before; the engine that is left runs on. */
  async run(kills: number): Promise<void> {
    let engine = this.#engine ?? this.#launch();
    while (this.figures.kills < kills) {
      const isEarly = this.#random.chance(0.1);
      if (isEarly) {
        void this.#leads(engine);
        await sleep(this.#random.between(0, 1500));
      } else {
        engine = await this.#whoLeads(engine);
        if (engine.isRunning) await Promise.race([this.#moment(), engine.ended]);
      }
      if (!engine.isRunning) this.figures.ownEnds += 1;
      else await this.#kill(engine, isEarly);
      if (this.#isStopped) return;
      engine = this.#next();
    }
    await engine.ready();
  }

  /** The end of what the engine that runs now has printed. */
  log(): string {
    return this.#engine?.log() ?? '';
  }

  /** Nothing is started any more from then on, also where a test failed in the middle of it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([this.#engine?.stop(), this.#standby?.stop()]);
  }

  /** Who works from now on: the standby, where there is one. */
  #next(): SluiceProcess {
    const heir = this.#standby;
    const started = this.#launch();
    if (heir === undefined) return started;
    this.#engine = heir;
    this.#standby = started;
    return heir;
  }

  /** Before it leads, and that takes as long as the lease of the one before, there is nothing that a kill could interrupt. */
  async #moment(): Promise<void> {
    if (this.#random.chance(0.2)) {
      await sleep(this.#random.between(0, 1500));
      return;
    }
    await this.#nextPlan(this.#random.between(0, 5));
    // A plan stays open for as long as its bindings take: a few milliseconds decide how many of them are through.
    await sleep(this.#random.between(0, 8));
  }

  /** The engine, once it leads or has ended; or the standby, where that one was the first to take the lease. */
  async #whoLeads(engine: SluiceProcess): Promise<SluiceProcess> {
    const standby = this.#standby;
    const first = [engine.ended.then(() => engine), this.#leads(engine).then(() => engine)];
    if (standby !== undefined) first.push(this.#leads(standby).then(() => standby));
    const leader = await Promise.race(first);
    if (leader === standby) [this.#engine, this.#standby] = [leader, engine];
    return leader;
  }

  async #leads(engine: SluiceProcess): Promise<void> {
    await engine.printed(LEADS);
    this.#leaders.add(engine);
  }

  /** Waits until the plan of one more gang is recorded, after `skipped` others. */
  #nextPlan(skipped: number): Promise<void> {
    return new Promise((resolve) => {
      let left = skipped;
      const waitMs = this.#standby === undefined ? PLAN_WAIT_MS : STANDBY_PLAN_WAIT_MS;
      const timer = setTimeout(() => end(), waitMs);
      const unlisten = this.#history.listen((event) => {
        if (!hasPlan(event)) return;
        if (left === 0) end();
        left -= 1;
      });
      const end = (): void => {
        clearTimeout(timer);
        unlisten();
        resolve();
      };
    });
  }

  async #kill(engine: SluiceProcess, isEarly: boolean): Promise<void> {
    await engine.kill();
    this.figures.kills += 1;
    if (isEarly) this.figures.whileStarting += 1;
    if (this.#leaders.has(engine)) this.figures.ofLeaders += 1;
    const planned = this.#history.all(POD_GROUPS).filter((group) => planOf(group) !== '');
    if (planned.length > 0) this.figures.withOpenPlan += 1;
    if (planned.some((group) => this.#isPartlyBound(group))) this.figures.leavingPart += 1;
  }

  #isPartlyBound(group: JsonObject): boolean {
    const name = stringAt(group, ['metadata', 'name']);
    const members = this.#history
      .all(PODS)
      .filter((pod) => stringAt(pod, ['metadata', 'annotations', GROUP_NAME_ANNOTATION]) === name);
    const bound = members.filter((pod) => stringAt(pod, ['spec', 'nodeName']) !== '');
    return bound.length > 0 && bound.length < numberAt(group, ['spec', 'minMember'], 0);
  }

  #launch(): SluiceProcess {
    this.#engine = SluiceProcess.launch(this.#options);
    return this.#engine;
  }
}

function hasPlan({ kind, object }: HistoryEvent): boolean {
  return kind === POD_GROUPS.plural && planOf(object) !== '';
}

function planOf(group: unknown): string {
  return stringAt(group, ['metadata', 'annotations', BIND_PLAN_ANNOTATION]);
}
