import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { objectAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { request } from '../test/webhooks/fixture.ts';
import type { AdmissionRequest, AdmitFn } from '../webhooks/admission.ts';
import { versionsOf } from '../webhooks/frameworks/versioned-kind.ts';
import { BUILT_IN_KINDS } from '../webhooks/frameworks/workload-kinds.ts';
import { mutatePod } from '../webhooks/pods/mutate.ts';
import { REGISTRY } from '../webhooks/registry.ts';
import { workloadRows } from '../webhooks/roots/rows.ts';
import { REVIEW_KINDS, reviewBody } from './webhook-review.ts';

/** Requests that are reviewed one after another, and the row's rules for them. */
export interface Reviewed {
  readonly asked: readonly AdmissionRequest[];
  readonly admit: AdmitFn;
}

/** As many as keep a reader from remembering the one before. */
const OBJECTS = 500;

/** New pods of the two sizes of the bench of the webhook, none of them stamped. */
export function podReviews(): Reviewed {
  const bodies = REVIEW_KINDS.flatMap((kind) =>
    Array.from({ length: OBJECTS }, (_, ix) => reviewBody(kind, 'bare', ix)),
  );
  return { asked: bodies.map((body) => ofAlice(objectAt(JSON.parse(body), 'request'))), admit: mutatePod };
}

function ofAlice(asked: JsonObject): AdmissionRequest {
  return request({
    uid: stringAt(asked, ['uid']),
    namespace: stringAt(asked, ['namespace']),
    username: 'alice',
    userGroups: ['users'],
    object: objectAt(asked, 'object'),
  });
}

/** What a person submits of each of the kinds that policies name, beside pods. */
export async function rootReviews(): Promise<Readonly<Record<string, Reviewed>>> {
  const objects: readonly JsonObject[] = [
    ...(await Promise.all(EXAMPLES.map(readExample))),
    JOB,
    { apiVersion: 'batch/v1', kind: 'CronJob', spec: { schedule: '0 3 * * *', jobTemplate: { spec: JOB.spec } } },
    ...['Deployment', 'StatefulSet'].map((kind) => ({
      apiVersion: 'apps/v1',
      kind,
      spec: { replicas: 3, template: TEMPLATE },
    })),
  ];
  return Object.fromEntries(objects.map((object) => [nameOf(object), reviewsOf(object)]));
}

const EXAMPLES = [
  'vcjobs/pytorch.yaml',
  ...['pytorchjob', 'mpijob', 'rayjob', 'raycluster'].map((name) => `frameworks/${name}/${name}.yaml`),
];

async function readExample(path: string): Promise<JsonObject> {
  return parse(await readFile(new URL(`../examples/${path}`, import.meta.url), 'utf8')) as JsonObject;
}

const TEMPLATE = {
  metadata: { labels: { app: 'training' } },
  spec: {
    restartPolicy: 'Never',
    containers: [
      { name: 'main', image: 'train', resources: { requests: { cpu: '4', memory: '16Gi', 'nvidia.com/gpu': '1' } } },
    ],
  },
};
const JOB = { apiVersion: 'batch/v1', kind: 'Job', spec: { parallelism: 4, completions: 4, template: TEMPLATE } };

/** Jobs of Volcano and of Kubernetes have one name. */
function nameOf(object: JsonObject): string {
  const [apiVersion, kind] = [stringAt(object, ['apiVersion']), stringAt(object, ['kind'])];
  return apiVersion.endsWith('volcano.sh/v1alpha1') ? `${kind} of Volcano` : kind;
}

function reviewsOf(object: JsonObject): Reviewed {
  const row = rowOf(object);
  const asked = Array.from({ length: OBJECTS }, (_, ix) =>
    request({
      uid: `review-${ix}`,
      group: row.group,
      version: row.version,
      resource: row.resource,
      namespace: `team-${ix % 20}`,
      userGroups: ['users'],
      object: { ...object, metadata: { name: `train-${ix}`, labels: { app: 'training', team: `team-${ix % 20}` } } },
    }),
  );
  return { asked, admit: row.admit };
}

const ROWS = [...REGISTRY, ...workloadRows(BUILT_IN_KINDS.flatMap(versionsOf))].filter(
  ({ phase, selector, operations }) => phase === 'mutate' && selector !== 'others' && operations.includes('CREATE'),
);

function rowOf(object: JsonObject): (typeof ROWS)[number] {
  const resource = `${stringAt(object, ['kind']).toLowerCase()}s`;
  const row = ROWS.find(
    (one) => `${one.group}/${one.version}` === stringAt(object, ['apiVersion']) && one.resource === resource,
  );
  if (row === undefined) throw new Error(`nobody reviews ${resource}`);
  return row;
}
