import { GROUP_NAME_ANNOTATION, GROUP_ORIGIN_ANNOTATION } from '../../../src/api/keys.ts';
import { JOBS, POD_GROUPS, PODS } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { History, HistoryEvent } from './history.ts';

/** A PodGroup that was looked for by what it was made for. */
export interface FoundGroup {
  readonly name: string;
  readonly key: string;
  readonly object: JsonObject;
}

/** What the history shows of one namespace, waited for where it is not there yet. */
export class NamespaceView {
  readonly #history: History;
  readonly #namespace: string;

  constructor(history: History, namespace: string) {
    this.#history = history;
    this.#namespace = namespace;
  }

  /** The group that a Job's pods are to be in, once it exists. */
  groupOf(job: string): Promise<FoundGroup> {
    return this.#history.until(`the PodGroup of ${job}`, () => {
      const stored = this.#history.get(JOBS, this.#key(job));
      const name = stringAt(stored, ['spec', 'template', 'metadata', 'annotations', GROUP_NAME_ANNOTATION]);
      const object = this.#history.get(POD_GROUPS, this.#key(name));
      return object && { name, key: this.#key(name), object };
    });
  }

  /** The group that was made for the Job, if it is there, whatever the Job says by now. */
  madeFor(job: string): JsonObject | undefined {
    return this.#history.all(POD_GROUPS).find((group) => {
      const isHere = stringAt(group, ['metadata', 'namespace']) === this.#namespace;
      return isHere && stringAt(group, ['metadata', 'annotations', GROUP_ORIGIN_ANNOTATION]) === `Job/${job}`;
    });
  }

  /** The pods of a Job, once there are so many. */
  podsOf(job: string, count: number): Promise<readonly JsonObject[]> {
    return this.#history.until(`${count} pods of ${job}`, () => {
      const pods = this.#history.all(PODS).filter((pod) => {
        const isHere = stringAt(pod, ['metadata', 'namespace']) === this.#namespace;
        return isHere && stringAt(pod, ['metadata', 'labels', 'job-name']) === job;
      });
      return pods.length >= count ? pods : undefined;
    });
  }

  /** The events that bound a Job's pods, once all of them are. */
  async bindingsOf(job: string, count: number): Promise<readonly HistoryEvent[]> {
    const pods = await this.podsOf(job, count);
    return Promise.all(pods.map((pod) => this.bindingOf(stringAt(pod, ['metadata', 'name']))));
  }

  /** The event that bound a pod. */
  bindingOf(pod: string): Promise<HistoryEvent> {
    const isBound = ({ object }: HistoryEvent): boolean => stringAt(object, ['spec', 'nodeName']) !== '';
    return this.#history.until(`the binding of ${pod}`, () => this.#history.of(PODS, this.#key(pod)).find(isBound));
  }

  /** The event with which an object came to be. */
  birthOf(pod: string): HistoryEvent | undefined {
    return this.#history.of(PODS, this.#key(pod))[0];
  }

  #key(name: string): string {
    return `${this.#namespace}/${name}`;
  }
}
