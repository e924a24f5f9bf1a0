import { POD_GROUPS } from '../../../src/api/resources.ts';
import { arrayAt, stringAt } from '../../../src/lib/json.ts';
import { applied, optedInNamespace, queue } from '../../e2e/support/manifest.ts';
import type { Lab } from './lab.ts';
import { observedGroups } from './observed-groups.ts';
import type { ObservedGroup } from './observed-groups.ts';

/** Where a submission goes. */
export interface Place {
  readonly namespace: string;
  readonly queue: string;
}

/** One group that a submission is to become once all of it runs. */
export interface ExpectedGroup {
  readonly minima: Readonly<Record<string, number>>;
  readonly pods: Readonly<Record<string, number>>;
}

/** A change, and the groups after it. */
export interface Change {
  readonly make: (lab: Lab, place: Place) => Promise<void>;
  readonly groups: readonly ExpectedGroup[];
}

/** What is submitted by a client, and what is to become of it. Each of its pods asks for one CPU. */
export interface Trial {
  /** As the table names it; its letters and dashes also name the namespace. */
  readonly client: string;
  readonly submit: (lab: Lab, place: Place) => Promise<void>;
  readonly remove: (lab: Lab, place: Place) => Promise<void>;
  readonly groups: readonly ExpectedGroup[];
  /** Changes of what was submitted, one after the other; none where it takes no change. At the end all of it runs. */
  readonly changes: readonly Change[];
  /** Its pods are made once its group is let in, so that what has to wait has none. */
  readonly podsAfterGroup?: boolean;
  /** CPUs of the queue: room for one such submission with its change, and not for two. */
  readonly cpus: number;
}

const SETTLE_MS = 60_000;

/** What is seen of one submission. */
export class TrialRun {
  readonly #lab: Lab;
  readonly #trial: Trial;
  readonly place: Place;

  private constructor(lab: Lab, trial: Trial, place: Place) {
    this.#lab = lab;
    this.#trial = trial;
    this.place = place;
  }

  /** Submits it into a namespace of its own; runs with one queue name share the queue. */
  static async submit(lab: Lab, trial: Trial, suffix: string): Promise<TrialRun> {
    const name = trial.client.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    const place = { namespace: `${name}${suffix}`, queue: name };
    await applied(
      lab.plane,
      optedInNamespace(place.namespace),
      queue(name, { capability: { cpu: String(trial.cpus) } }),
    );
    const run = new TrialRun(lab, trial, place);
    await trial.submit(lab, place);
    return run;
  }

  groups(): readonly ObservedGroup[] {
    return observedGroups(this.#lab.history, this.place.namespace);
  }

  /** Waits until as many pods run as are expected, and no others are there; what is seen after that wait either way. */
  async settled(expected: readonly ExpectedGroup[]): Promise<readonly ObservedGroup[]> {
    const isThere = (): true | undefined => (isWhole(this.groups(), expected) ? true : undefined);
    await this.#lab.history.until('all pods run', isThere, SETTLE_MS).catch(() => undefined);
    return this.groups();
  }

  /** Waits until the scheduler has said of a group, as a rule of one with pods, that it has to wait. */
  async refused(): Promise<void> {
    await this.#lab.history.until(
      `${this.place.namespace} has to wait`,
      () => {
        const waiting = new Set(
          this.groups()
            .filter((group) => this.#trial.podsAfterGroup === true || Object.keys(group.pods).length > 0)
            .map(({ name }) => name),
        );
        return this.#lab.history
          .all(POD_GROUPS)
          .find((group) => waiting.has(stringAt(group, ['metadata', 'name'])) && saysWhy(group));
      },
      SETTLE_MS,
    );
  }

  /** Makes a change, and gives what is seen once it has settled. */
  async changed({ make, groups }: Change): Promise<readonly ObservedGroup[]> {
    await make(this.#lab, this.place);
    return this.settled(groups);
  }

  remove(): Promise<void> {
    return this.#trial.remove(this.#lab, this.place);
  }
}

/** Which pods are in which group. */
export function membersOf(groups: readonly (ExpectedGroup | ObservedGroup)[]): readonly string[] {
  return groups.map(({ pods }) => sortedText(pods)).toSorted();
}

/** The minima of each group; a group of one role has none but its own. */
export function minimaOf(groups: readonly (ExpectedGroup | ObservedGroup)[]): readonly string[] {
  return groups.map((group) => sortedText({ ...severalOf(group.minima), '': totalOf(group) })).toSorted();
}

function severalOf(minima: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const some = Object.entries(minima).filter(([, min]) => min > 0);
  return some.length > 1 ? Object.fromEntries(some) : {};
}

function totalOf(group: ExpectedGroup | ObservedGroup): number {
  return 'minMember' in group ? group.minMember : sum(group.minima);
}

function isWhole(groups: readonly ObservedGroup[], expected: readonly ExpectedGroup[]): boolean {
  const wanted = expected.reduce((total, { pods }) => total + sum(pods), 0);
  const [all, bound] = [
    groups.reduce((total, { pods }) => total + sum(pods), 0),
    groups.reduce((total, group) => total + group.bound, 0),
  ];
  return all === wanted && bound === wanted && String(minimaOf(groups)) === String(minimaOf(expected));
}

function saysWhy(group: unknown): boolean {
  return arrayAt(group, 'status', 'conditions').some(
    (condition) => stringAt(condition, ['type']) === 'Unschedulable' && stringAt(condition, ['status']) === 'True',
  );
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function sortedText(counts: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
