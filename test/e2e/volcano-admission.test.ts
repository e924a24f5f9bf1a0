import { expect } from 'chai';
import { HIERARCHY_ANNOTATION, HIERARCHY_WEIGHTS_ANNOTATION } from '../../src/api/keys.ts';
import {
  apiVersion,
  CRON_VCJOBS,
  HYPER_NODES,
  POD_GROUPS,
  QUEUES,
  resourcePath,
  VCJOBS,
} from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { KubeResponse } from '../control-plane/kube-client.ts';
import { applied, queue } from './support/manifest.ts';
import {
  A_JOB,
  A_JOB_PATH,
  CRON_RULES,
  HYPER_NODE_RULES,
  JOB_CHANGES,
  JOB_QUEUE_RULES,
} from './support/stranger-rules.ts';
import type { Rule } from './support/stranger-rules.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team-a';

function aQueue(spec: JsonObject, annotations: Readonly<Record<string, string>> = {}): JsonObject {
  return { ...(queue('new', spec) as JsonObject), metadata: { name: 'new', annotations } };
}

function tree(path: string, weights: string): JsonObject {
  return aQueue({}, { [HIERARCHY_ANNOTATION]: path, [HIERARCHY_WEIGHTS_ANNOTATION]: weights });
}

function group(spec: JsonObject): JsonObject {
  return { apiVersion: apiVersion(POD_GROUPS), kind: POD_GROUPS.kind, metadata: { name: 'new' }, spec };
}

const cpu = (amount: string): JsonObject => ({ cpu: amount });
const guaranteed = (amount: string): JsonObject => ({ resource: cpu(amount) });
const TIERS = { highestTierAllowed: 1, highestTierName: 'rack' };
const TWICE = 'must not specify highestTierAllowed and highestTierName simultaneously';

const QUEUE_RULES: readonly Rule[] = [
  ['amounts are amounts', aQueue({ capability: cpu('1') }), aQueue({ capability: cpu('-1') }), 'spec.capability[cpu]'],
  ['weights are limited', aQueue({ weight: 0 }), aQueue({ weight: 70_000 }), 'should be less than or equal to 65535'],
  [
    'a queue deserves no more than it may hold',
    aQueue({ capability: cpu('2'), deserved: cpu('2') }),
    aQueue({ capability: cpu('2'), deserved: cpu('3') }),
    'deserved[cpu]=3 must be <= capability[cpu]=2',
  ],
  [
    'a queue is guaranteed no more than it may hold',
    aQueue({ capability: cpu('2'), guarantee: guaranteed('2') }),
    aQueue({ capability: cpu('2'), guarantee: guaranteed('3') }),
    'guarantee[cpu]=3 must be <= capability[cpu]=2',
  ],
  [
    'a queue is guaranteed no more than it deserves',
    aQueue({ deserved: cpu('2'), guarantee: guaranteed('2') }),
    aQueue({ deserved: cpu('2'), guarantee: guaranteed('3') }),
    'deserved[cpu]=2 must be >= guarantee[cpu]=3',
  ],
  [
    'no queue is its own parent',
    aQueue({ parent: 'eng' }),
    aQueue({ parent: 'new' }),
    'queue new cannot use itself as parent',
  ],
  ['a parent exists', aQueue({ parent: 'eng' }), aQueue({ parent: 'nowhere' }), 'queue does not exist'],
  [
    'trees are five levels deep',
    aQueue({ parent: 'level-4' }),
    aQueue({ parent: 'level-5' }),
    'exceeds the maximum allowed depth of 5',
  ],
  [
    'a queue may hold no more than those above it',
    aQueue({ parent: 'web', capability: cpu('6') }),
    aQueue({ parent: 'web', capability: cpu('7') }),
    "exceeds its ancestor's capability=6",
  ],
  [
    'queues beside each other are guaranteed no more than their parent',
    aQueue({ parent: 'eng', guarantee: guaranteed('1') }),
    aQueue({ parent: 'eng', guarantee: guaranteed('2') }),
    "sum of children's guarantee",
  ],
  [
    'queues beside each other deserve no more than their parent',
    aQueue({ parent: 'eng', deserved: cpu('3') }),
    aQueue({ parent: 'eng', deserved: cpu('4') }),
    "sum of children's deserved",
  ],
  ['weights of a tree are numbers', tree('root/a/b', '1/2/3'), tree('root/a/b', '1/x/3'), HIERARCHY_WEIGHTS_ANNOTATION],
  [
    'a tree has a weight for each part',
    tree('root/a/b', '1/2/3'),
    tree('root/a/b', '1/2'),
    'must have the same length with',
  ],
  [
    'a queue is a leaf of its tree',
    tree('root/science/test', '1/1/1'),
    tree('root/science', '1/1'),
    'root/science is not allowed to be in the sub path of root/science/dev of queue dev',
  ],
];

const GROUP_RULES: readonly Rule[] = [
  ['a queue exists', group({ queue: 'web' }), group({ queue: 'nowhere' }), 'unable to find queue'],
  [
    'a queue is open',
    group({ queue: 'web' }),
    group({ queue: 'shut' }),
    'can only submit PodGroup to queue with state `Open`, queue `shut` status is `Closed`',
  ],
  [
    'a tier is named in one way',
    group({ networkTopology: { highestTierAllowed: 1 } }),
    group({ networkTopology: TIERS }),
    TWICE,
  ],
  [
    'a tier of a part is named in one way',
    group({ subGroupPolicy: [{ name: 'a', networkTopology: { highestTierName: 'rack' } }] }),
    group({ subGroupPolicy: [{ name: 'a', networkTopology: TIERS }] }),
    TWICE,
  ],
  ['minima are counts', group({ minMember: 0 }), group({ minMember: -1 }), 'spec.minMember'],
];

/** eng may hold 10 cpus, of which web may have 6; and a chain that is as deep as trees may be. */
const QUEUE_TREE: readonly object[] = [
  queue('eng', { capability: cpu('10'), deserved: cpu('8'), guarantee: guaranteed('4') }),
  queue('web', { parent: 'eng', capability: cpu('6'), deserved: cpu('5'), guarantee: guaranteed('3') }),
  ...[1, 2, 3, 4, 5].map((level) => queue(`level-${level}`, level === 1 ? {} : { parent: `level-${level - 1}` })),
  {
    ...queue('dev'),
    metadata: {
      name: 'dev',
      annotations: { [HIERARCHY_ANNOTATION]: 'root/science/dev', [HIERARCHY_WEIGHTS_ANNOTATION]: '1/2/3' },
    },
  },
  queue('shut'),
];

describe('objects of Volcano as strangers write them', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;

  before(async () => {
    plane = await startControlPlane();
    sluice = await SluiceProcess.start({
      kubeconfig: plane.kubeconfigPath,
      install: true,
      webhookPort: await freePort(),
    });
    await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM } }, ...QUEUE_TREE);
    const closed = { status: { state: 'Closed', allocated: {} } };
    const path = resourcePath(QUEUES, '', 'shut', 'status');
    expect((await plane.client.request('PATCH', path, closed, 'application/merge-patch+json')).status).to.equal(200);
    // The webhooks have seen it once they refuse a group that goes there.
    await told(() => send(resourcePath(POD_GROUPS, TEAM), group({ queue: 'shut' })), 'is `Closed`');
  });

  after(async () => {
    await sluice?.stop();
    await plane?.stop();
  });

  function send(path: string, object: JsonObject): Promise<KubeResponse> {
    return plane.client.request('POST', `${path}?dryRun=All`, object);
  }

  function change(path: string, patch: JsonObject): Promise<KubeResponse> {
    return plane.client.request('PATCH', `${path}?dryRun=All`, patch, 'application/merge-patch+json');
  }

  for (const [what, path, rules] of [
    ['a Queue', resourcePath(QUEUES), QUEUE_RULES],
    ['a PodGroup', resourcePath(POD_GROUPS, TEAM), GROUP_RULES],
    ['a CronJob', resourcePath(CRON_VCJOBS, TEAM), CRON_RULES],
    ['a HyperNode', resourcePath(HYPER_NODES), HYPER_NODE_RULES],
    ['a Job', resourcePath(VCJOBS, TEAM), JOB_QUEUE_RULES],
  ] as const) {
    for (const [rule, passes, refused, text] of rules) {
      it(`${what}: ${rule}`, async () => {
        const good = await send(path, passes);
        expect(`${good.status} ${messageOf(good)}`).to.equal('201 ');
        const bad = await send(path, refused);
        expect(bad.status).to.be.within(400, 422);
        expect(messageOf(bad)).to.include(text);
      });
    }
  }

  describe('a change of a Job', () => {
    before(async () => {
      expect((await plane.client.request('POST', resourcePath(VCJOBS, TEAM), A_JOB)).status).to.equal(201);
    });

    for (const [rule, passes, refused, text] of JOB_CHANGES) {
      it(rule, async () => {
        const good = await change(A_JOB_PATH, passes);
        expect(`${good.status} ${messageOf(good)}`).to.equal('200 ');
        const bad = await change(A_JOB_PATH, refused);
        expect(bad.status).to.be.within(400, 422);
        expect(messageOf(bad)).to.include(text);
      });
    }
  });

  for (const [rule, name, spec, text] of [
    ['the root has amounts of its own', 'root', { capability: cpu('1') }, "root queue's resource attributes"],
    ['a weight is positive', 'web', { weight: -1 }, 'spec.weight'],
    ['no queue moves below itself', 'eng', { parent: 'eng' }, 'cannot use itself as parent'],
    ['no queue moves below one that is not there', 'web', { parent: 'nowhere' }, 'queue does not exist'],
  ] as const) {
    it(`a change of a Queue: ${rule}`, async () => {
      const answer = await change(resourcePath(QUEUES, '', name), { spec });
      expect(answer.status).to.be.within(400, 422);
      expect(messageOf(answer)).to.include(text);
    });
  }

  for (const [name, text] of [
    ['default', '`default` queue can not be deleted'],
    ['root', '`root` queue can not be deleted'],
    ['eng', 'queue eng can not be deleted because it has 1 child queues: web'],
  ] as const) {
    it(`a Queue: ${name} stays`, async () => {
      const answer = await plane.client.request('DELETE', `${resourcePath(QUEUES, '', name)}?dryRun=All`);
      expect(answer.status).to.equal(403);
      expect(messageOf(answer)).to.include(text);
    });
  }

  it('a Queue: it does not shrink below those below it', async () => {
    const patch = { spec: { capability: cpu('5'), deserved: cpu('5') } };
    const answer = await change(resourcePath(QUEUES, '', 'eng'), patch);
    expect(messageOf(answer)).to.include("is smaller than its descendants' max capability");
  });
});

function messageOf({ body }: KubeResponse): string {
  return stringAt(body, ['message']);
}

/** Asks until it is told so. */
async function told(ask: () => Promise<KubeResponse>, text: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (let answer = await ask(); !messageOf(answer).includes(text); answer = await ask()) {
    if (performance.now() > deadline) throw new Error(`was told only: ${messageOf(answer)}`);
  }
}
