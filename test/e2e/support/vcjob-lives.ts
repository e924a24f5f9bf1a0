import { JOB_NAME_KEY } from '../../../src/api/keys.ts';
import { apiVersion, COMMANDS, POD_GROUPS, PODS, resourcePath, VCJOBS } from '../../../src/api/resources.ts';
import { numberAt, stringAt } from '../../../src/lib/json.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import type { History, HistoryEvent } from './history.ts';
import type { Deed, LifeRow } from './vcjob-rows.ts';

/** How long one phase may take to come on a machine that does much else. */
const PATIENCE_MS = 90_000;
const ON_THE_WAY: ReadonlySet<string> = new Set(['Restarting', 'Aborting', 'Completing', 'Terminating']);

interface Seen {
  readonly phases: string[];
  readonly pods: Set<string>;
  readonly commands: Set<string>;
  said: number;
  readonly waiting: Set<() => void>;
}

/** Lives of many jobs in one namespace, all at once, seen on the watch of each kind. */
export class VcjobLives {
  readonly #plane: ControlPlane;
  readonly #history: History;
  readonly #namespace: string;
  readonly #seen = new Map<string, Seen>();

  constructor(plane: ControlPlane, history: History, namespace: string) {
    this.#plane = plane;
    this.#history = history;
    this.#namespace = namespace;
    history.listen((event) => this.#take(event));
  }

  /** Leads a job through its row; rejects with what was seen where that is not what is wanted. */
  async live({ name, spec, deeds, want }: LifeRow): Promise<void> {
    const metadata = { name, namespace: this.#namespace };
    await this.#send('POST', resourcePath(VCJOBS, this.#namespace), {
      apiVersion: apiVersion(VCJOBS),
      kind: VCJOBS.kind,
      metadata,
      spec: { schedulerName: 'volcano', queue: 'default', ...spec },
    });
    for (const { after, pods, deed } of deeds) {
      await this.#until(name, deed, (seen) => seen.phases.length >= after && seen.pods.size >= pods);
      await this.#carryOut(name, deed, want.length > after);
    }
    await this.#until(name, want.join(' '), (seen) => this.phases(name) === want.join(' ') && seen.commands.size === 0);
  }

  /** The phases that the job was seen in, each once for as long as it lasted. */
  phases(name: string): string {
    return this.#of(name).phases.join(' ');
  }

  /**
   * What was seen of the job that nobody may see: pods that were sent away before the phase that tells of it, or such a phase
   * without pods on their way out although there were some.
   */
  mistakes(name: string): readonly string[] {
    const events = this.#history.inOrder().filter((event) => this.#jobOf(event) === name);
    const alive = new Set<string>();
    const mistakes: string[] = [];
    let phase = '';
    for (const { kind, type, object } of events) {
      const uid = stringAt(object, ['metadata', 'uid']);
      if (kind === PODS.plural) {
        const isGoing = type === 'DELETED' || stringAt(object, ['metadata', 'deletionTimestamp']) !== '';
        const isOver = ['Succeeded', 'Failed'].includes(stringAt(object, ['status', 'phase']));
        if (isGoing && alive.has(uid) && (phase === 'Pending' || phase === 'Running'))
          mistakes.push(`${stringAt(object, ['metadata', 'name'])} went while the job was ${phase}`);
        if (isGoing || isOver) alive.delete(uid);
        else alive.add(uid);
      } else if (kind === VCJOBS.plural) {
        const next = stringAt(object, ['status', 'state', 'phase']);
        const isTold = numberAt(object, ['status', 'terminating'], 0) > 0;
        if (next !== phase && ON_THE_WAY.has(next) && alive.size > 0 && !isTold)
          mistakes.push(`${next} without pods on their way out`);
        phase = next;
      }
    }
    return mistakes;
  }

  async #carryOut(name: string, deed: Deed, isAnswered: boolean): Promise<void> {
    const at = (type: typeof PODS, object: string): string => resourcePath(type, this.#namespace, object);
    const job = `${this.#namespace}/${name}`;
    const uid = stringAt(this.#history.get(VCJOBS, job), ['metadata', 'uid']);
    if (deed === 'evict') await this.#send('DELETE', at(PODS, `${name}-a-0`));
    else if (deed === 'fail') await this.#say(`${name}-a-0`, 'Failed', { terminated: { exitCode: 3 } });
    else if (deed === 'start anew') await this.#say(`${name}-a-0`, 'Running', { running: {} });
    else if (deed === 'complete')
      for (const index of [0, 1]) await this.#say(`${name}-a-${index}`, 'Succeeded', { terminated: { exitCode: 0 } });
    else if (deed === 'unknown')
      await this.#loseSight(name, resourcePath(POD_GROUPS, this.#namespace, `${name}-${uid}`), isAnswered);
    else if (deed === 'grow') {
      const patch = [{ op: 'replace', path: '/spec/tasks/1/replicas', value: 3 }];
      await this.#send('PATCH', at(VCJOBS, name), patch, 'application/json-patch+json');
    } else {
      const action = deed.slice('command '.length);
      const seen = this.#of(name);
      // The same may be said twice, and the first be there still: it goes after the phase that it led to is written.
      seen.said += 1;
      const command = `${name}.${action}.${seen.said}`.toLowerCase();
      seen.commands.add(command);
      await this.#send('POST', resourcePath(COMMANDS, this.#namespace), {
        apiVersion: apiVersion(COMMANDS),
        kind: COMMANDS.kind,
        metadata: { name: command, namespace: this.#namespace },
        action,
        target: { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, name, uid },
      });
    }
  }

  /** The scheduler, which knows better, puts right what is said here of the group: it is said until the job was seen to act on it. */
  async #loseSight(name: string, group: string, isAnswered: boolean): Promise<void> {
    const { phases } = this.#of(name);
    const before = phases.length;
    for (let times = 0; times < (isAnswered ? 300 : 5) && phases.length === before; times += 1) {
      await this.#plane.client.request(
        'PATCH',
        group,
        { status: { phase: 'Unknown' } },
        'application/merge-patch+json',
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** A kubelet says where a pod stands, after its container was started for the second time. */
  async #say(pod: string, phase: string, state: object): Promise<void> {
    const container = { name: 'c', image: 'busybox', imageID: 'x', ready: phase === 'Running', restartCount: 1, state };
    const path = `${resourcePath(PODS, this.#namespace, pod)}/status`;
    await this.#send('PATCH', path, { status: { phase, containerStatuses: [container] } });
  }

  async #send(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  ): Promise<void> {
    const { status, body: answer } = await this.#plane.client.request(method, path, body, type);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  }

  #until(name: string, what: string, isThere: (seen: Seen) => boolean): Promise<void> {
    const seen = this.#of(name);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        seen.waiting.delete(look);
      };
      const look = (): void => {
        if (!isThere(seen)) return;
        end();
        resolve();
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`${name}: waited for ${what}, and saw ${this.phases(name)} with ${seen.pods.size} pods`));
      }, PATIENCE_MS);
      seen.waiting.add(look);
      look();
    });
  }

  #of(name: string): Seen {
    let seen = this.#seen.get(name);
    if (seen === undefined)
      this.#seen.set(name, (seen = { phases: [], pods: new Set(), commands: new Set(), said: 0, waiting: new Set() }));
    return seen;
  }

  #jobOf({ kind, object }: HistoryEvent): string {
    if (stringAt(object, ['metadata', 'namespace']) !== this.#namespace) return '';
    if (kind === PODS.plural) return stringAt(object, ['metadata', 'labels', JOB_NAME_KEY]);
    if (kind === COMMANDS.plural) return stringAt(object, ['target', 'name']);
    return kind === VCJOBS.plural ? stringAt(object, ['metadata', 'name']) : '';
  }

  #take(event: HistoryEvent): void {
    const name = this.#jobOf(event);
    if (name === '') return;
    const seen = this.#of(name);
    const { kind, type, object } = event;
    const id = stringAt(object, ['metadata', 'name']);
    if (kind === PODS.plural) type === 'DELETED' ? seen.pods.delete(id) : seen.pods.add(id);
    else if (kind === COMMANDS.plural && type === 'DELETED') seen.commands.delete(id);
    else if (kind === VCJOBS.plural) {
      const phase = stringAt(object, ['status', 'state', 'phase']);
      if (phase !== '' && phase !== seen.phases.at(-1)) seen.phases.push(phase);
    }
    for (const look of seen.waiting) look();
  }
}
