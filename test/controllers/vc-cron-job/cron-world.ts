import { NO_SUBMITTER_KEYS } from '../../../src/api/submitter-claim.ts';
import { projectCronVcjob } from '../../../src/api/projections/cron-vcjob.ts';
import { projectVcjob } from '../../../src/api/projections/vcjob.ts';
import type { CronVcjobRecord } from '../../../src/api/records/cron-vcjob-record.ts';
import type { VcjobRecord } from '../../../src/api/records/vcjob-record.ts';
import { reconcileCron } from '../../../src/controllers/vc-cron-job/reconcile.ts';
import { eventFingerprint } from '../../../src/controllers/effect.ts';
import type { Effect } from '../../../src/controllers/effect.ts';
import { arrayAt, isJsonObject, memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { withoutAmbient } from '../../support/pure.ts';

/** What was done, in short: `create`, `delete`, `status` and `event`, each with what tells it from others. */
export function told(effect: Effect): string {
  switch (effect.kind) {
    case 'event':
      return `${effect.type} ${effect.reason}: ${effect.note}`;
    case 'requeueAfter':
      return `again in ${effect.requeueAfterMs / 1000} s`;
    default:
      return 'name' in effect ? `${effect.kind} ${effect.name}` : effect.kind;
  }
}

/** One CronJob and its jobs, as an API server would hold them. */
export class CronWorld {
  nowMs: number;
  readonly jobs = new Map<string, JsonObject>();
  readonly #told = new Set<string>();
  #status: JsonObject = {};
  #version = 1;
  readonly #spec: JsonObject;
  readonly #created: string;

  constructor(spec: JsonObject, created: string) {
    this.#spec = { jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { queue: 'blue' } }, ...spec };
    this.#created = created;
    this.nowMs = Date.parse(created);
  }

  get status(): JsonObject {
    return this.#status;
  }

  get cron(): CronVcjobRecord {
    const record = projectCronVcjob({
      metadata: {
        name: 'nightly',
        namespace: 'ns',
        uid: 'cron',
        resourceVersion: String(this.#version),
        creationTimestamp: this.#created,
      },
      spec: this.#spec,
      status: this.#status,
    });
    if (record === undefined) throw new Error('no record');
    return record;
  }

  /** A job takes a phase, at this moment. */
  take(name: string, phase: string): void {
    const job = this.jobs.get(name);
    if (job === undefined) throw new Error(`${name}: there are ${[...this.jobs.keys()].join()}`);
    this.jobs.set(name, {
      ...job,
      status: { state: { phase, lastTransitionTime: new Date(this.nowMs).toISOString() } },
    });
  }

  decide(): readonly Effect[] {
    const jobs = [...this.jobs.values()].map(projectVcjob).filter((job): job is VcjobRecord => job !== undefined);
    return withoutAmbient(() =>
      reconcileCron({
        nowMs: this.nowMs,
        cron: this.cron,
        jobs: jobs.filter(({ owner }) => owner?.uid === 'cron'),
        hasJob: (name) => this.jobs.has(name),
        reported: this.#told,
        submitterKeys: NO_SUBMITTER_KEYS,
      }),
    );
  }

  /** Looks and acts until nothing is left to write; what was done, but for how long it sleeps. Ends after three looks. */
  settle(at?: string): readonly string[] {
    if (at !== undefined) this.nowMs = Date.parse(at);
    const done: string[] = [];
    for (let look = 0; look < 4; look += 1) {
      const effects = this.decide().filter(({ kind }) => kind !== 'requeueAfter');
      if (effects.length === 0) return done;
      for (const effect of effects) {
        this.act(effect);
        done.push(told(effect));
      }
    }
    throw new Error(`it does not come to rest: ${done.join(' | ')}`);
  }

  act(effect: Effect): void {
    if (effect.kind === 'event') this.#told.add(eventFingerprint(effect));
    if (effect.kind === 'delete') this.jobs.delete(effect.name);
    if (effect.kind === 'create') {
      if (this.jobs.has(effect.name)) throw new Error(`${effect.name} exists`);
      const metadata = {
        ...objectAt(effect.body, 'metadata'),
        uid: effect.name,
        creationTimestamp: new Date(this.nowMs).toISOString(),
      };
      this.jobs.set(effect.name, { ...effect.body, metadata });
    }
    if (effect.kind === 'patchStatus') {
      this.#version += 1;
      this.#status = { ...this.#status, ...objectAt(effect.body, 'status') };
    }
  }

  /** Names of the jobs that the status takes for running. */
  get active(): readonly string[] {
    return arrayAt(this.#status, 'active')
      .filter(isJsonObject)
      .map((job) => stringAt(job, ['name']));
  }

  annotation(job: string): unknown {
    return memberAt(this.jobs.get(job), 'metadata', 'annotations', 'volcano.sh/cronjob-scheduled-timestamp');
  }
}
