import { apiVersion, qualifiedName } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import type { Clock, Discovery, ServedResource } from '../ports.ts';

/** Something that is known about a kind, wherever the kind may be served. */
export interface KnownKind {
  readonly type: ResourceType;
}

export interface ServedKindsOptions<T extends KnownKind> {
  readonly discovery: Discovery;
  readonly clock: Clock;
  /** Told of the first answer and of each that differs; in the order in which the kinds are known. */
  readonly onChange: (served: readonly T[]) => void;
}

/** A definition is served a moment after it is there, and named a moment after it is gone. */
const SOON_MS = [0, 100, 300, 1000, 3000] as const;
/** Kinds that no CustomResourceDefinition defines come without a sign. */
const REGULARLY_MS = 30_000;

/**
 * Which of the kinds that we know of the API server serves, in the very version. It is asked again whenever a definition of one
 * of them came, changed or went, and every 30 s. What it does not say stays as it was.
 */
export class ServedKinds<T extends KnownKind> {
  readonly #options: ServedKindsOptions<T>;
  #known: readonly T[] = [];
  #names: ReadonlySet<string> = new Set();
  #served: readonly T[] | undefined;
  #looks = 0;
  #isLooking = false;
  #isStopped = false;
  #cancel = (): void => undefined;

  constructor(options: ServedKindsOptions<T>) {
    this.#options = options;
  }

  /** It was told once. */
  get isLearned(): boolean {
    return this.#served !== undefined;
  }

  /** From now on these are the kinds that matter. */
  know(known: readonly T[]): void {
    this.#known = known;
    this.#names = new Set(known.map(({ type }) => qualifiedName(type)));
    this.look();
  }

  /** Something became of the CustomResourceDefinition of this name. */
  onDefinition(name: string): void {
    if (this.#names.has(name)) this.look();
  }

  /** Anything may have become of the definitions. */
  look(): void {
    this.#looks = 0;
    if (!this.#isLooking) this.#lookLater();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #lookLater(): void {
    if (this.#isStopped) return;
    this.#cancel();
    const delayMs = SOON_MS[this.#looks] ?? REGULARLY_MS;
    this.#looks += 1;
    this.#cancel = this.#options.clock.after(delayMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    this.#isLooking = true;
    const served = await this.#learn(this.#known);
    this.#isLooking = false;
    if (this.#isStopped) return;
    if (served !== undefined) this.#take(served);
    this.#lookLater();
  }

  async #learn(known: readonly T[]): Promise<readonly T[] | undefined> {
    const { discovery } = this.#options;
    const versions = await discovery.groupVersions();
    if (versions === undefined) return undefined;
    const asked = [...new Set(known.map(({ type }) => apiVersion(type)))].filter((version) => versions.has(version));
    const answers = await Promise.all(asked.map((version) => discovery.resources(version)));
    const resources = new Map(asked.map((version, at) => [version, answers[at]]));
    return preferred(known.filter((kind) => this.#isServed(kind, resources)));
  }

  #isServed(kind: T, resources: ReadonlyMap<string, readonly ServedResource[] | undefined>): boolean {
    const version = apiVersion(kind.type);
    if (!resources.has(version)) return false;
    const found = resources.get(version);
    return found === undefined ? this.#wasServed(kind) : found.some((resource) => isSameKind(resource, kind.type));
  }

  #wasServed({ type }: T): boolean {
    return this.#served?.some((before) => kindId(before.type) === kindId(type)) ?? false;
  }

  #take(served: readonly T[]): void {
    const before = this.#served;
    if (before?.length === served.length && served.every((kind, at) => kind === before[at])) return;
    this.#served = served;
    this.#options.onChange(served);
  }
}

/** Of the versions of a kind the first: the objects are the same in all of them. */
function preferred<T extends KnownKind>(served: readonly T[]): readonly T[] {
  const names = served.map(({ type }) => qualifiedName(type));
  return served.filter((_, at) => names.indexOf(names[at] ?? '') === at);
}

/** Tells kinds apart, in each of their versions: `pytorchjobs.kubeflow.org/v1`. */
export function kindId(type: ResourceType): string {
  return `${qualifiedName(type)}/${type.version}`;
}

function isSameKind(found: ServedResource, type: ResourceType): boolean {
  return found.plural === type.plural && found.kind === type.kind && found.namespaced === type.namespaced;
}
