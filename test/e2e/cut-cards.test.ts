import { expect } from 'chai';
import { VGPU_IDS_ANNOTATION } from '../../src/api/keys.ts';
import { EVENTS, JOBS, POD_GROUPS, PODS } from '../../src/api/resources.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { NodeShape } from '../control-plane/node-shape.ts';
import { migPlugin, vgpuPlugin } from '../support/card-plugins.ts';
import { A100, A100_GEOMETRIES, deviceConfig } from '../support/mig-geometries.ts';
import { applied, inNamespace, job, optedInNamespace } from './support/manifest.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { Stage } from './support/stage.ts';

const NS = 'cut';
const CONFIG = { namespace: 'kube-system', name: 'volcano-vgpu-device-config' };
const POLICY = `
actions: enqueue, allocate, backfill
tiers:
  - plugins:
      - name: priority
      - name: gang
      - name: predicates
      - name: proportion
      - name: nodeorder
      - name: deviceshare
        arguments: { deviceshare.VGPUEnable: true }
`;
/** One card, which the hardware cuts. */
const NODE: NodeShape = {
  count: 1,
  namePrefix: 'cut',
  cpu: '16',
  memory: '64Gi',
  cards: { scheme: 'vgpu', count: 1, mode: 'mig', ...A100 },
};
const CARD = 'GPU-cut-0-0';

describe('cards that are cut by hardware, on a real API server', function () {
  this.timeout(180_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.start({ policy: POLICY, nodes: [NODE], kinds: [PODS, JOBS, POD_GROUPS, EVENTS] });
    await applied(stage.plane, optedInNamespace(NS));
  });

  after(async () => {
    await stage?.stop();
  });

  it('wait until a ConfigMap says how, and are given out instance by instance', async () => {
    await asked('first', 1, 8000);
    await told('first', `no ConfigMap ${CONFIG.namespace}/${CONFIG.name} says how`);
    await said(deviceConfig(A100_GEOMETRIES));
    await runs('first', 1);
    expect(idsOf('first')).to.deep.equal([`${CARD}[group1-0],NVIDIA,9728,0:`]);
  });

  it('stay known while the ConfigMap has mistakes, of which it is told', async () => {
    await said('nvidia: { knownMigGeometries: [{ models: [A100] }] }');
    const { history, sluice } = stage;
    const isTold = (): true | undefined =>
      history
        .all(EVENTS)
        .some(
          (each) =>
            stringAt(each, ['regarding', 'name']) === CONFIG.name &&
            stringAt(each, ['reason']) === 'ConfigurationRefused' &&
            stringAt(each, ['note']).includes('allowedGeometries: must have at least one group'),
        ) || undefined;
    await sluice.during(history.until('the ConfigMap is told', isTold));
    await asked('second', 1, 8000);
    await runs('second', 1);
    expect(idsOf('second')).to.deep.equal([`${CARD}[group1-1],NVIDIA,9728,0:`]);
    await said(deviceConfig(A100_GEOMETRIES));
  });

  it('are never given twice, by who starts anew neither, and what comes back is given on', async () => {
    await stage.restart();
    await asked('rest', 6, 8000);
    await runs('rest', 5);
    await asked('large', 1, 15_000);
    await told('large', 'too few cards with 1 card (15000 memory) free');
    const ids = ['first', 'second', 'rest'].flatMap(idsOf);
    expect(new Set(ids).size).to.equal(7);
    await stage.plane.kubectl(['-n', NS, 'delete', 'job', 'first', '--wait=false']);
    await runs('rest', 6);
    expect(idsOf('rest')).to.include(`${CARD}[group1-0],NVIDIA,9728,0:`);
    const cuts = new Map<string, { readonly group: string; users: number }>();
    for (const pod of ['second', 'rest'].flatMap(bound)) {
      const annotations = pod['metadata'] as JsonObject;
      const [[given] = []] = vgpuPlugin('cut-0', annotations['annotations'] as Record<string, string>, [
        { 'vgpu-number': 1 },
      ]);
      expect(migPlugin({ id: given?.card ?? '', model: A100.type }, A100_GEOMETRIES, cuts).profile).to.equal('1g.10gb');
    }
  });

  it('refuse for good what none of their instances could serve', async () => {
    await stage.plane.kubectl(['-n', NS, 'delete', 'job', '--all', '--wait=false']);
    await asked('never', 1, 81_000);
    await told('never', 'the largest instance of one that is cut, has 80896 memory');
  });

  async function asked(name: string, size: number, memory: number): Promise<void> {
    const limits = { 'volcano.sh/vgpu-number': '1', 'volcano.sh/vgpu-memory': String(memory) };
    const marks = { annotations: { 'scheduling.volcano.sh/group-min-member': '1' } };
    await applied(stage.plane, inNamespace(NS, job(name, size, marks, limits)));
  }

  async function said(text: string): Promise<void> {
    const data = { 'device-config.yaml': text };
    await applied(stage.plane, { apiVersion: 'v1', kind: 'ConfigMap', metadata: CONFIG, data });
  }

  /** Pods of the Job that have their node. */
  function bound(name: string): readonly JsonObject[] {
    return stage.history
      .all(PODS)
      .filter(
        (pod) =>
          stringAt(pod, ['metadata', 'labels', 'job-name']) === name && stringAt(pod, ['spec', 'nodeName']) !== '',
      );
  }

  function idsOf(name: string): readonly string[] {
    return bound(name).map((pod) => stringAt(pod, ['metadata', 'annotations', VGPU_IDS_ANNOTATION]));
  }

  async function runs(name: string, count: number): Promise<void> {
    const all = (): true | undefined => (bound(name).length === count ? true : undefined);
    await stage.sluice.during(stage.history.until(`${count} pods of ${name} have a node`, all, 60_000));
  }

  async function told(name: string, text: string): Promise<void> {
    const isTold = (): true | undefined => {
      const group = new NamespaceView(stage.history, NS).madeFor(name);
      const messages = arrayAt(group, 'status', 'conditions').map((each) => stringAt(each, ['message']));
      return messages.some((message) => message.includes(text)) || undefined;
    };
    await stage.sluice.during(stage.history.until(`${name} is told: ${text}`, isTold, 60_000));
  }
});
