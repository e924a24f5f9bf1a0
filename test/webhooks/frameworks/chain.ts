import {
  GROUP_NAME_ANNOTATION,
  GROUP_PLAN_ANNOTATION,
  QUEUE_NAME_LABEL,
  TASK_SPEC_KEY,
} from '../../../src/api/keys.ts';
import type { RootRecord } from '../../../src/api/records/root-record.ts';
import { parseGroupPlan } from '../../../src/api/group-plan.ts';
import { NO_SUBMITTER_KEYS, readSubmitter } from '../../../src/api/submitter-claim.ts';
import type { SubmitterKeys } from '../../../src/api/submitter-claim.ts';
import type { Clock } from '../../../src/engine/ports.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import { versionsOf } from '../../../webhooks/frameworks/versioned-kind.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import type { Answer, Question } from '../../../webhooks/question.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import { workloadRows } from '../../../webhooks/roots/rows.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { patched, request, view } from '../fixture.ts';

const QUEUES = { root: { hasChildren: true }, default: {}, research: {}, other: {} };
const ROWS = [...REGISTRY, ...workloadRows(BUILT_IN_KINDS.flatMap(versionsOf))].filter(
  ({ phase, selector, operations }) => phase === 'mutate' && selector !== 'others' && operations.includes('CREATE'),
);

/** How the owner of a new object is found: Sluice knows it already, or has to ask. */
export type Knowledge = 'known' | 'asked';

interface Signing {
  readonly keys: SubmitterKeys;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const UNSIGNED: Signing = { keys: NO_SUBMITTER_KEYS, clock: { nowMs: () => 0 } };

/** Objects that are made one for another, each reviewed as it comes. */
export class Chain {
  readonly #knowledge: Knowledge;
  readonly #signing: Signing;
  readonly #objects: JsonObject[] = [];
  /** Every question that was asked. */
  readonly asked: Question[] = [];

  /** Objects come at the time of the clock, and are signed for by the keys. */
  constructor(knowledge: Knowledge, signing: Signing = UNSIGNED) {
    this.#knowledge = knowledge;
    this.#signing = signing;
  }

  /** Makes an object for its owner, and gives it as it is stored. */
  make(object: JsonObject, owner?: JsonObject, username = 'system:serviceaccount:operators:controller'): JsonObject {
    return this.#store(this.review(ownedBy(owner, object), username));
  }

  /** The object as it is after a review, and is not stored. */
  review(object: JsonObject, username: string, oldObject?: JsonObject): JsonObject {
    const row = rowOf(object);
    const about = request({
      object,
      oldObject,
      operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
      username,
      uid: `review of ${stringAt(object, ['metadata', 'name'])}`,
      resource: row.resource,
      group: row.group,
    });
    const cluster = this.#view();
    const questions = row.ask?.(about, cluster) ?? [];
    this.asked.push(...questions);
    const answers = new Map(questions.map((question) => [question.key, this.#answer(question)]));
    return patched(object, row.admit(about, cluster, answers));
  }

  /** Takes an object in the place of another one of its name, which is gone: nobody reviews. */
  replace(before: JsonObject, object: JsonObject): JsonObject {
    this.#objects.splice(this.#objects.indexOf(before), 1);
    return this.#store(object);
  }

  /** Stores what became of an object: it is the same one. */
  update(before: JsonObject, object: JsonObject): JsonObject {
    this.#objects.splice(this.#objects.indexOf(before), 1, object);
    return object;
  }

  /** Takes an object as it is: nobody reviews. */
  slip(object: JsonObject, owner?: JsonObject): JsonObject {
    return this.#store(ownedBy(owner, object));
  }

  #store(object: JsonObject): JsonObject {
    const made = objectAt(object, 'metadata');
    const name = stringAt(made, ['name']) || `${stringAt(made, ['generateName'])}abcde`;
    const uid = `uid-${this.#objects.length}-of-${name}`;
    const creationTimestamp = new Date(this.#signing.clock.nowMs()).toISOString();
    const stored = { ...object, metadata: { namespace: 'team-a', ...made, name, uid, creationTimestamp } };
    this.#objects.push(stored);
    return stored;
  }

  #view(): ClusterView {
    const roots = this.#knowledge === 'known' ? this.#objects.map(recordOf) : [];
    return view({ queues: QUEUES, roots, served: BUILT_IN_KINDS, submitterKeys: this.#signing.keys });
  }

  #answer(question: Question): Answer {
    if (question.kind !== 'fetch') throw new Error(`no answer to ${question.kind}`);
    const found = this.#objects.find(
      (object) =>
        stringAt(object, ['kind']) === question.type.kind && stringAt(object, ['metadata', 'name']) === question.name,
    );
    return { kind: 'fetch', object: found ?? 'absent' };
  }
}

/** What a pod is stamped with, and the group that its plan names where it carries one. */
export function stampOf(pod: JsonObject): Readonly<Record<'group' | 'role' | 'queue' | 'scheduler', string>> {
  return {
    group: stringAt(pod, ['metadata', 'annotations', GROUP_NAME_ANNOTATION]),
    role: stringAt(pod, ['metadata', 'labels', TASK_SPEC_KEY]),
    queue: stringAt(pod, ['metadata', 'labels', QUEUE_NAME_LABEL]),
    scheduler: stringAt(pod, ['spec', 'schedulerName']),
  };
}

/** The minimum and the stage of each role of the plan that an object carries. */
export function demandOf(object: JsonObject): Readonly<Record<string, readonly [min: number, stage: number]>> {
  const plan = parseGroupPlan(stringAt(object, ['metadata', 'annotations', GROUP_PLAN_ANNOTATION]));
  return Object.fromEntries((plan?.tasks ?? []).map(({ name, min, stage }) => [name, [min, stage]]));
}

function rowOf(object: JsonObject): AdmissionRow {
  const [apiVersion, kind] = [stringAt(object, ['apiVersion']), stringAt(object, ['kind'])];
  const row = ROWS.find(
    ({ group, version, resource }) =>
      (group === '' ? version : `${group}/${version}`) === apiVersion && singular(resource) === kind.toLowerCase(),
  );
  if (row === undefined) throw new Error(`nobody reviews ${apiVersion} ${kind}`);
  return row;
}

function ownedBy(owner: JsonObject | undefined, object: JsonObject): JsonObject {
  const ownerReferences = owner === undefined ? [] : [{ ...referenceTo(owner), controller: true }];
  return { ...object, metadata: { ...objectAt(object, 'metadata'), ownerReferences } };
}

function singular(resource: string): string {
  return resource.replace(/s$/, '');
}

function referenceTo(object: JsonObject): JsonObject {
  const { apiVersion = '', kind = '' } = object;
  return {
    apiVersion,
    kind,
    name: stringAt(object, ['metadata', 'name']),
    uid: stringAt(object, ['metadata', 'uid']),
  };
}

function recordOf(object: JsonObject): RootRecord {
  const name = stringAt(object, ['metadata', 'name']);
  return {
    key: `team-a/${name}`,
    apiVersion: stringAt(object, ['apiVersion']),
    kind: stringAt(object, ['kind']),
    namespace: 'team-a',
    name,
    uid: stringAt(object, ['metadata', 'uid']),
    resourceVersion: '1',
    createdMs: Date.parse(stringAt(object, ['metadata', 'creationTimestamp'])),
    deleting: false,
    groupPlan: stringAt(object, ['metadata', 'annotations', GROUP_PLAN_ANNOTATION]),
    queue: stringAt(object, ['metadata', 'labels', QUEUE_NAME_LABEL]),
    handedDown: new Map(),
    submitter: readSubmitter(objectAt(object, 'metadata', 'annotations')),
    owner: undefined,
  };
}
