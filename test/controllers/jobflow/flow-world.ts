import { NO_SUBMITTER_KEYS } from '../../../src/api/submitter-claim.ts';
import { projectJobflow, projectJobtemplate } from '../../../src/api/projections/jobflow.ts';
import { projectVcjob } from '../../../src/api/projections/vcjob.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { apiVersion, JOBFLOWS } from '../../../src/api/resources.ts';
import { eventFingerprint } from '../../../src/controllers/effect.ts';
import type { Effect, WriteEffect } from '../../../src/controllers/effect.ts';
import { reconcileJobflow } from '../../../src/controllers/jobflow/reconcile.ts';
import type { PodAnswer, PodQuestion } from '../../../src/controllers/pod-question.ts';
import { isJsonObject, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';

const FLOW_UID = 'flow-uid';

/** One JobFlow called `daily` with its templates and jobs, as objects that travel. */
export class FlowWorld {
  nowMs = Date.parse('2030-01-01T00:00:00Z');
  flow: JsonObject;
  readonly templates = new Map<string, JsonObject>();
  readonly jobs = new Map<string, JsonObject>();
  readonly pods = new Map<string, PodRecord>();
  readonly answers = new Map<string, PodAnswer>();
  readonly reported = new Set<string>();
  /** What every write did, in order: `create daily-a`. */
  readonly history: string[] = [];
  #made = 0;

  constructor(flows: readonly JsonObject[], spec: JsonObject = {}) {
    this.flow = {
      metadata: { name: 'daily', namespace: 'ns', uid: FLOW_UID, resourceVersion: '1' },
      spec: { flows: [...flows], ...spec },
    };
    for (const one of flows) this.addTemplate(stringAt(one, ['name']));
  }

  addTemplate(name: string, spec: JsonObject = { tasks: [{ name: 'worker', replicas: 2 }] }): void {
    this.templates.set(name, { metadata: { name, namespace: 'ns', uid: `t-${name}`, resourceVersion: '1' }, spec });
  }

  /** A job that the flow made, or somebody else with that owner's UID. */
  addJob(name: string, phase: string, status: JsonObject = {}, owner = FLOW_UID): void {
    const state = phase === '' ? {} : { state: { phase, lastTransitionTime: this.now() } };
    this.#made += 1;
    this.jobs.set(name, {
      metadata: {
        name,
        namespace: 'ns',
        uid: `j-${this.#made}`,
        resourceVersion: '1',
        creationTimestamp: this.now(),
        ownerReferences: [
          { apiVersion: apiVersion(JOBFLOWS), kind: 'JobFlow', name: 'daily', uid: owner, controller: true },
        ],
      },
      spec: objectAt(this.templates.get(name.replace('daily-', '')), 'spec'),
      status: { ...state, ...status },
    });
  }

  setPhase(name: string, phase: string, status: JsonObject = {}): void {
    const job = this.jobs.get(name) ?? {};
    const state = { phase, lastTransitionTime: this.now() };
    this.jobs.set(name, { ...job, status: { ...objectAt(job, 'status'), state, ...status } });
  }

  get status(): JsonObject {
    return objectAt(this.flow, 'status');
  }

  get phase(): JsonValue | undefined {
    return objectAt(this.status, 'state')['phase'];
  }

  look(): readonly Effect[] {
    const flow = projectJobflow(this.flow);
    if (flow === undefined) return [];
    return reconcileJobflow({
      nowMs: this.nowMs,
      flow,
      job: (name) => projectVcjob(this.jobs.get(name)),
      template: (name) => projectJobtemplate(this.templates.get(name)),
      pod: (name) => this.pods.get(name),
      answerTo: (id) => this.answers.get(id),
      reported: this.reported,
      submitterKeys: NO_SUBMITTER_KEYS,
    });
  }

  /** Looks and carries out what is to be done; pods answer as told. */
  step(says: (question: PodQuestion) => boolean = () => false): readonly Effect[] {
    const effects = this.look();
    for (const effect of effects) this.#apply(effect, says);
    return effects;
  }

  now(): string {
    return new Date(this.nowMs).toISOString().replace('.000Z', 'Z');
  }

  #apply(effect: Effect, says: (question: PodQuestion) => boolean): void {
    switch (effect.kind) {
      case 'together':
        for (const write of effect.writes) this.#write(write);
        break;
      case 'event':
        this.reported.add(eventFingerprint(effect));
        this.history.push(`event ${effect.reason}`);
        break;
      case 'askPods':
        for (const question of effect.questions) {
          this.answers.set(question.id, { isUp: says(question), atMs: this.nowMs });
        }
        break;
      case 'patchStatus':
      case 'delete':
        this.#write(effect);
        break;
      default:
    }
  }

  #write(write: WriteEffect): void {
    this.history.push(`${write.kind} ${write.name}`);
    if (write.kind === 'create') {
      if (this.jobs.has(write.name)) throw new Error(`${write.name} is made twice`);
      this.#made += 1;
      const metadata = {
        ...objectAt(write.body, 'metadata'),
        uid: `j-${this.#made}`,
        resourceVersion: '1',
        creationTimestamp: this.now(),
      };
      this.jobs.set(write.name, { ...write.body, metadata });
    } else if (write.kind === 'delete') {
      this.jobs.delete(write.name);
    } else {
      this.flow = merged(this.flow, write.body);
    }
  }
}

function merged(object: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (isJsonObject(value)) result[key] = merged(isJsonObject(object[key]) ? object[key] : {}, value);
    else result[key] = value;
  }
  return result;
}
