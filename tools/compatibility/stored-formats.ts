import { formatBindPlan, parseBindPlan } from '../../src/api/bind-plan.ts';
import { formatGroupPlan, parseGroupPlan } from '../../src/api/group-plan.ts';
import { projectPolicy } from '../../src/api/projections/policy.ts';
import { projectQueue } from '../../src/api/projections/queue.ts';
import { ACCELERATORS_APPLIED_ANNOTATION } from '../../src/api/keys.ts';
import { authorityContent, readAuthority } from '../../src/engine/certificates/authority-secret.ts';
import {
  readReplicas,
  readServing,
  replicaContent,
  servingContent,
} from '../../src/engine/certificates/serving-secret.ts';
import { keysIn } from '../../src/engine/submitters/key-ring.ts';
import { objectAt, textOf } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { formatApplied, readApplied } from '../../src/api/accelerators/applied-wish.ts';

/** Text that Sluice writes into objects and reads again, later and in another version. */
export interface StoredFormat {
  readonly name: string;
  /** Where it stands. */
  readonly place: string;
  readonly holds: string;
  /** What becomes of one that a later version wrote. */
  readonly newer: string;
  /** Texts as this version writes them. */
  readonly examples: () => readonly string[];
  /** What this version makes of a text. */
  readonly read: (text: string) => unknown;
}

const TASKS = [
  { name: 'driver', min: 1, stage: 0 },
  { name: 'executor', min: 4, stage: 1 },
];
const PLAN = {
  version: 1,
  group: 'train-1a2b3c4d',
  root: 'train',
  queue: 'research',
  priorityClassName: 'high',
  owner: 'root',
  tasks: TASKS,
  minResources: { cpu: '5', memory: '10Gi' },
} as const;
const OWNER = { apiVersion: 'ray.io/v1', kind: 'RayJob', name: 'tune', uid: '0f9e8d7c-0000-4000-8000-000000000001' };
const BINDS = [
  { token: '0f9e8d7c00004000', node: 'node-1' },
  { token: '0f9e8d7c00004001', node: 'node-2' },
  { token: '0f9e8d7c00004002', node: 'node-1' },
];
const AT_MS = Date.UTC(2026, 10, 29, 9, 0, 0);
const SIGNER = { certificatePem: 'certificate of the authority\n', privateKeyPem: 'key of the authority\n' };
const NEXT = { certificatePem: 'certificate of the next\n', privateKeyPem: 'key of the next\n' };
const BUNDLE = `${NEXT.certificatePem}${SIGNER.certificatePem}`;
const AUTHORITY = { signer: SIGNER, next: NEXT, bundlePem: BUNDLE, isWanted: false };
const NO_NEXT = { certificatePem: '', privateKeyPem: '' };
const KEY = 'a2V5IG9mIHN1Ym1pdHRlcnMsIDMyIGJ5dGVzIGxvbmch';
const POLICY = {
  match: { namespaces: { names: ['team'] }, groups: ['staff'] },
  set: {
    priorityClass: { name: 'high', onConflict: 'Override' },
    tolerations: { ensure: [{ key: 'gpu', operator: 'Exists' }] },
    labels: { values: { 'example.com/team': 'a' } },
  },
};
const APPLIED = {
  wish: '2 x gpu, memory >= 80Gi',
  vendor: 'nvidia',
  stack: 'cuda',
  devices: 2,
  container: 'main',
  resources: { 'nvidia.com/gpu': 2 },
  claim: undefined,
};
const APPLIED_CLAIM = {
  ...APPLIED,
  resources: {},
  claim: { className: 'gpu.nvidia.com', template: 'sluice-0123456789ab' },
};

/** All of them that are more than one word or number. */
export const STORED_FORMATS: readonly StoredFormat[] = [
  {
    name: 'group plan',
    place: 'annotation `sluice.dev/group-plan` of Jobs, pods and objects of workload kinds',
    holds: 'the group that the object is to have; JSON, with a version',
    newer:
      'stays as it is, also when the object is updated; its pods join its group. Its PodGroup is not changed, and the event `InvalidGroupPlan` says why.',
    examples: () => [
      formatGroupPlan(PLAN),
      formatGroupPlan({ ...PLAN, owner: OWNER, isSuspended: true, isKept: true, replicaLabel: 'example.dev/replica' }),
      formatGroupPlan({ ...PLAN, owner: 'controller', runningEstimate: '90m', submitter: 'ann', policies: 'a,team/b' }),
      formatGroupPlan({ ...PLAN, submitter: 'ann', signature: `20261129T090000Z.1795942800.${KEY}` }),
    ],
    read: parseGroupPlan,
  },
  {
    name: 'bind plan',
    place: 'annotation `sluice.dev/bind-plan` of PodGroups, while a gang is bound',
    holds: 'which pod goes to which node; JSON, with a version',
    newer:
      'is not carried out. The gang has a minute to become whole in another way; else its bound pods are deleted, so that it starts together.',
    examples: () => [
      formatBindPlan({ id: 'plan-1', epoch: 7, atMs: AT_MS, binds: BINDS }),
      formatBindPlan({
        id: 'plan-2',
        epoch: 8,
        atMs: AT_MS,
        binds: BINDS.map((bind, at) => ({ ...bind, cards: [[{ card: `GPU-${at}`, memory: 1024, cores: 50 }], []] })),
      }),
    ],
    read: parseBindPlan,
  },
  {
    name: 'authority',
    place: 'Secret `sluice-ca`',
    holds:
      'the authority, the next one, all that are trusted, and how far a rotation is; keys of `kubernetes.io/tls`, annotations',
    newer:
      'keys and annotations that are not known stay. A phase that is not known counts as none: nothing that is trusted is taken away.',
    examples: () => [
      stored(authorityContent({ ...AUTHORITY, next: NO_NEXT, rotation: { phase: 'Steady', sinceMs: 0, untilMs: 0 } })),
      stored(authorityContent({ ...AUTHORITY, rotation: { phase: 'Prepare', sinceMs: AT_MS, untilMs: 0 } })),
      stored(
        authorityContent({
          ...AUTHORITY,
          next: NO_NEXT,
          rotation: { phase: 'Retire', sinceMs: AT_MS, untilMs: AT_MS + 1000 },
        }),
      ),
    ],
    read: (text) => readAuthority(parsed(text)),
  },
  {
    name: 'serving certificate',
    place: 'Secret `sluice-serving`',
    holds: 'the serving certificate and what vouches for it; in annotations what each replica serves',
    newer: 'keys and annotations that are not known stay.',
    examples: () => [
      stored({
        ...servingContent({ ...SIGNER, bundlePem: BUNDLE }),
        ...replicaContent(new Map(), 'sluice-7d9f-abcde', { signer: '1a2b3c4d', untilMs: AT_MS }, AT_MS),
      }),
    ],
    read: (text) => ({ ...readServing(parsed(text)), replicas: [...readReplicas(parsed(text))] }),
  },
  {
    name: 'keys of submitters',
    place: 'Secret `sluice-submitters`',
    holds: 'the keys that submitters are signed with, each under the time it was made; base64url',
    newer: 'keys that are no such time, and those that are too short, are left out of account and stay.',
    examples: () => [
      stored({ stringData: { '20261129T090000Z': KEY } }),
      stored({ stringData: { '20261129T090000Z': KEY, '20270227T090000Z': KEY, note: 'by hand' } }),
    ],
    read: (text) => Object.fromEntries(keysIn(parsed(text))),
  },
  {
    name: 'wish that was translated',
    place: 'annotation `sluice.dev/accelerators-applied` of pods and templates',
    holds: 'what a wish for accelerators was made into, so that it is translated once; JSON',
    newer: 'members that are not known are left out of account.',
    examples: () => [formatApplied(APPLIED), formatApplied(APPLIED_CLAIM)],
    read: (text) => readApplied({ [ACCELERATORS_APPLIED_ANNOTATION]: text }),
  },
  {
    name: 'last form of a policy',
    place: '`status.inForceSpec` of policies',
    holds: 'the last spec that could be read; JSON of the spec',
    newer: 'a spec with members that are not known is not in force, and the condition `Ready` says so.',
    examples: () => [policyText({ set: { queue: { name: 'research' } } }), policyText(POLICY)],
    read: (text) =>
      projectPolicy({ metadata: { name: 'p', uid: 'u' }, spec: { nothing: {} }, status: { inForceSpec: text } })
        ?.lastGood,
  },
  {
    name: 'use over time',
    place: '`status.usage` of Queues',
    holds: 'what the queue has held over time, and when that was so; a number in a text, a time',
    newer: 'what cannot be read counts as nothing held so far.',
    examples: () => [JSON.stringify({ mean: '0.123456789012', time: '2026-11-29T09:00:00.000Z' })],
    read: (text) => projectQueue({ metadata: { name: 'q', uid: 'u' }, status: { usage: parsed(text) } })?.usage,
  },
];

/** A Secret as it is read after its content was written. */
function stored(content: JsonObject): string {
  const entries = Object.entries(objectAt(content, 'stringData'));
  const data = Object.fromEntries(entries.map(([key, text]) => [key, Buffer.from(textOf(text)).toString('base64')]));
  return JSON.stringify({ metadata: objectAt(content, 'metadata'), data });
}

/** As the controller of policies writes it. */
function policyText(spec: JsonObject): string {
  return projectPolicy({ metadata: { name: 'p', uid: 'u' }, spec })?.goodSpec ?? '';
}

function parsed(text: string): JsonObject {
  return JSON.parse(text) as JsonObject;
}
