import { apiVersion, qualifiedName } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import type { Clock, Discovery, ServedResource } from '../ports.ts';

/** A kind that we know of, whether or not it is served. Its objects are in namespaces, as pods are. */
export interface KnownKind {
  readonly group: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
  readonly kind: string;
  /** Its plural. */
  readonly resource: string;
}

/** One that the API server serves, in the version of those that is preferred most. */
export interface ServedKind<T extends KnownKind> {
  readonly type: ResourceType;
  readonly spec: T;
}

export interface ServedKindsOptions<T extends KnownKind> {
  readonly discovery: Discovery;
  readonly clock: Clock;
  /** Told of the first answer and of each that differs; in the order in which the kinds are known. */
  readonly onChange: (served: readonly ServedKind<T>[]) => void;
}

/** A definition is served a moment after it is there, and named a moment after it is gone. */
const SOON_MS = [0, 100, 300, 1000, 3000] as const;
/** Kinds that no CustomResourceDefinition defines come without a sign. */
const REGULARLY_MS = 30_000;

/**
 * Which of the kinds that we know of the API server serves. It is asked again whenever a definition of one
 * of them came, changed or went, and every 30 s. What it does not say stays as it was.
 */
export class ServedKinds<T extends KnownKind> {
  readonly #options: ServedKindsOptions<T>;
  #known: readonly T[] = [];
  #names: ReadonlySet<string> = new Set();
  #served: readonly ServedKind<T>[] | undefined;
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
    this.#names = new Set(known.flatMap(typesOf).map(qualifiedName));
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

  async #learn(known: readonly T[]): Promise<readonly ServedKind<T>[] | undefined> {
    const { discovery } = this.#options;
    const versions = await discovery.groupVersions();
    if (versions === undefined) return undefined;
    const asked = [...new Set(known.flatMap(typesOf).map(apiVersion))].filter((version) => versions.has(version));
    const answers = await Promise.all(asked.map((version) => discovery.resources(version)));
    const resources = new Map(asked.map((version, at) => [version, answers[at]]));
    return known.flatMap((one) => {
      const type = typesOf(one).find((candidate) => this.#isServed(candidate, resources));
      return type === undefined ? [] : [{ type, spec: one }];
    });
  }

  #isServed(type: ResourceType, resources: ReadonlyMap<string, readonly ServedResource[] | undefined>): boolean {
    const version = apiVersion(type);
    if (!resources.has(version)) return false;
    const found = resources.get(version);
    return found === undefined ? this.#wasServed(type) : found.some((resource) => isSameKind(resource, type));
  }

  #wasServed(type: ResourceType): boolean {
    return this.#served?.some((before) => kindId(before.type) === kindId(type)) ?? false;
  }

  #take(served: readonly ServedKind<T>[]): void {
    if (this.#served !== undefined && isSame(this.#served, served)) return;
    this.#served = served;
    this.#options.onChange(served);
  }
}

function isSame<T extends KnownKind>(before: readonly ServedKind<T>[], after: readonly ServedKind<T>[]): boolean {
  if (before.length !== after.length) return false;
  return after.every(({ type, spec }, at) => {
    const other = before[at];
    return other !== undefined && other.spec === spec && kindId(other.type) === kindId(type);
  });
}

function typesOf({ group, versions, kind, resource }: KnownKind): readonly ResourceType[] {
  return versions.map((version) => ({ group, version, plural: resource, kind, namespaced: true }));
}

/** Tells kinds apart, in each of their versions: `pytorchjobs.kubeflow.org/v1`. */
export function kindId(type: ResourceType): string {
  return `${qualifiedName(type)}/${type.version}`;
}

function isSameKind(found: ServedResource, type: ResourceType): boolean {
  return found.plural === type.plural && found.kind === type.kind && found.namespaced === type.namespaced;
}
