import type { RootRecord } from '../../api/records/root-record.ts';
import { qualifiedName } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import type { Change, ChangeHandler, Clock, Logger, Metrics, Reflector } from '../ports.ts';
import { kindId } from './served-kinds.ts';

export interface RootFollowerOptions {
  /** A reflector that is not started yet. */
  readonly open: (type: ResourceType, handler: ChangeHandler<RootRecord>) => Reflector;
  /** Takes what is known of the objects of a kind; an empty list when nothing is known any more. */
  readonly take: (type: ResourceType, changes: readonly Change<RootRecord>[]) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const LOOK_EVERY_MS = 1000;
/** A kind whose definition goes is refused for a moment before it is known to be gone. */
const LOOKS_BEFORE_TOLD = 10;
/** A kind that cannot be caught up with stops nobody. */
const CATCH_UP_MS = 3000;

/**
 * Follows the objects of kinds that come and go. The kinds are other people's: one that cannot be read is told and tried again,
 * what was known of it is forgotten, and nothing else waits for it.
 */
export class RootFollower {
  readonly #options: RootFollowerOptions;
  readonly #kinds = new Map<string, FollowedKind>();
  #cancel: (() => void) | undefined;

  constructor(options: RootFollowerOptions) {
    this.#options = options;
  }

  /** These kinds and no others, from now on. */
  follow(types: readonly ResourceType[]): void {
    const wanted = new Map(types.map((type) => [kindId(type), type]));
    for (const [id, kind] of this.#kinds) {
      if (wanted.has(id)) continue;
      this.#kinds.delete(id);
      this.#options.log.info('a workload kind is followed no more', { kind: kind.name });
      void kind.end();
    }
    for (const [id, type] of wanted) {
      if (!this.#kinds.has(id)) this.#kinds.set(id, new FollowedKind(type, this.#options));
    }
    if (this.#cancel === undefined && this.#kinds.size > 0) this.#lookLater();
  }

  /** Each of the kinds was listed. */
  get isListed(): boolean {
    return [...this.#kinds.values()].every((kind) => kind.isListed);
  }

  /** Resolves once what the API server has taken by now is handed over, of kinds that can be read. */
  async catchUp(): Promise<void> {
    const caughtUp = Promise.all([...this.#kinds.values()].map((kind) => kind.catchUp()));
    let cancel: () => void = () => undefined;
    const patience = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(CATCH_UP_MS, resolve);
    });
    await Promise.race([caughtUp, patience]);
    cancel();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    await Promise.all(kinds.map((kind) => kind.end()));
  }

  #lookLater(): void {
    this.#cancel = this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.#cancel = undefined;
      for (const kind of this.#kinds.values()) kind.look();
      if (this.#kinds.size > 0) this.#lookLater();
    });
  }
}

/** One kind, from when it is served until it is served no more. */
class FollowedKind {
  readonly #type: ResourceType;
  readonly #options: RootFollowerOptions;
  readonly #reflector: Reflector;
  #isEnded = false;
  #troubledLooks = 0;
  #isKnown = false;

  constructor(type: ResourceType, options: RootFollowerOptions) {
    this.#type = type;
    this.#options = options;
    this.#reflector = options.open(type, (changes) => {
      this.#isKnown = true;
      options.take(type, changes);
    });
    options.log.info('follows a workload kind', { kind: this.name });
    this.#reflector.start();
  }

  get name(): string {
    return qualifiedName(this.#type);
  }

  get isListed(): boolean {
    return this.#isKnown;
  }

  async catchUp(): Promise<void> {
    if (this.#reflector.problem() === undefined) await this.#reflector.catchUp();
  }

  /** What is known of objects that cannot be read any more is of no use: one that is gone would be taken for one that is there. */
  look(): void {
    const problem = this.#reflector.problem();
    if (problem === undefined) {
      if (this.#troubledLooks >= LOOKS_BEFORE_TOLD)
        this.#options.log.info('reads a workload kind again', { kind: this.name });
      this.#troubledLooks = 0;
      return;
    }
    this.#troubledLooks += 1;
    if (this.#troubledLooks === LOOKS_BEFORE_TOLD) this.#tell(problem);
    if (this.#isKnown) this.#startAnew();
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    this.#forget();
    await this.#reflector.stop();
    this.#options.metrics.drop('resource', this.name);
  }

  #tell(problem: string): void {
    this.#options.metrics.count('sluice_workload_kind_troubles_total', { resource: this.name });
    this.#options.log.warn('a workload kind cannot be read: its objects are looked up one by one', {
      kind: this.name,
      problem: `the watch ${problem}`,
    });
  }

  #startAnew(): void {
    this.#forget();
    void this.#reflector.stop().then(() => {
      if (!this.#isEnded) this.#reflector.start();
    });
  }

  #forget(): void {
    if (this.#isKnown) this.#options.take(this.#type, [{ kind: 'replace', records: [] }]);
    this.#isKnown = false;
  }
}
