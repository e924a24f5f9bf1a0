import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { GROUP_NAME_ANNOTATION, GROUP_ORIGIN_ANNOTATION } from '../../src/api/keys.ts';
import { MUTATING_WEBHOOKS, POD_GROUPS, PODS } from '../../src/api/resources.ts';
import { numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { applied, inNamespace, optedInNamespace, queue } from './support/manifest.ts';
import type { Manifest } from './support/manifest.ts';
import { Stage } from './support/stage.ts';

const TEAM = 'team';

describe('gangs of Kubernetes itself, where the cluster serves them', function () {
  this.timeout(120_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.start({
      nodes: [{ count: 2, cpu: '8', memory: '32Gi' }],
      apiserverArgs: ['--feature-gates=GenericWorkload=true', '--runtime-config=scheduling.k8s.io/v1beta1=true'],
      kinds: [PODS, POD_GROUPS, MUTATING_WEBHOOKS],
    });
    const { plane, history } = stage;
    await applied(plane, optedInNamespace(TEAM), queue('blue'));
    await history.until('they are hooked', () =>
      JSON.stringify(history.all(MUTATING_WEBHOOKS)).includes('podgroups.scheduling.k8s.io') ? true : undefined,
    );
  });

  after(async () => {
    await stage?.stop();
  });

  it('start as many members together as their policy says, in the queue that they name', async () => {
    const { plane, history, sluice } = stage;
    await applied(plane, inNamespace(TEAM, ring(3)));
    const group = await history.until('a group of three', () => {
      const found = history
        .all(POD_GROUPS)
        .find((one) => stringAt(one, ['metadata', 'annotations', GROUP_ORIGIN_ANNOTATION]) === 'PodGroup/ring');
      return numberAt(found, ['spec', 'minMember'], 0) === 3 ? found : undefined;
    });
    expect(stringAt(group, ['spec', 'queue'])).to.equal('blue');
    await applied(plane, member('0'), member('1'));
    await sluice.during(sleep(2000));
    for (const name of ['0', '1']) expect(nodeOf(name), 'two of three').to.equal('');
    await applied(plane, member('2'));
    await history.until('all three have a node', () =>
      ['0', '1', '2'].every((name) => nodeOf(name) !== '') ? true : undefined,
    );
    const names = ['0', '1', '2'].map((name) =>
      stringAt(pod(name), ['metadata', 'annotations', GROUP_NAME_ANNOTATION]),
    );
    expect(new Set(names)).to.deep.equal(new Set([stringAt(group, ['metadata', 'name'])]));
  });

  it('are left alone where there is no group of that name, with a warning', async () => {
    const lonely = {
      ...member('lonely'),
      spec: { ...member('lonely').spec, schedulingGroup: { podGroupName: 'gone' } },
    };
    const args = ['create', '--dry-run=server', '-o', 'json', '-f', '-'];
    const { stdout, stderr } = await stage.plane.kubectl(args, JSON.stringify(lonely));
    expect(stderr).to.contain('a gang of Kubernetes that Sluice does not know');
    expect(stringAt(JSON.parse(stdout), ['spec', 'schedulerName'])).to.equal('default-scheduler');
  });

  function pod(name: string): JsonObject | undefined {
    return stage.history.get(PODS, `${TEAM}/ring-${name}`);
  }

  function nodeOf(name: string): string {
    return stringAt(pod(name), ['spec', 'nodeName']);
  }
});

function ring(minCount: number): Manifest {
  return {
    apiVersion: 'scheduling.k8s.io/v1beta1',
    kind: 'PodGroup',
    metadata: { name: 'ring', labels: { 'volcano.sh/queue-name': 'blue' } },
    spec: { schedulingPolicy: { gang: { minCount } } },
  };
}

function member(name: string): Manifest {
  const containers = [{ name: 'main', image: 'main', resources: { requests: { cpu: '1' } } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `ring-${name}`, namespace: TEAM },
    spec: { restartPolicy: 'Never', schedulingGroup: { podGroupName: 'ring' }, containers },
  };
}
