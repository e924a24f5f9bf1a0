import { expect } from 'chai';
import { DATASETS, EVENTS, PODS, resourcePath } from '../../src/api/resources.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace } from './support/manifest.ts';
import { Stage } from './support/stage.ts';

const TEAM = 'data';
const HOST = 'kubernetes.io/hostname';
const RACK = 'topology.kubernetes.io/rack';

describe('datasets', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let history: History;
  let stage: Stage;

  before(async () => {
    const size = { count: 2, cpu: '4', memory: '16Gi' } as const;
    stage = await Stage.start({
      nodes: ['a', 'b', 'c'].map((rack) => ({ ...size, namePrefix: rack, labels: { [RACK]: rack } })),
      kinds: [PODS, DATASETS, EVENTS],
    });
    ({ plane, history } = stage);
    await applied(plane, optedInNamespace(TEAM), dataset('imagenet'));
  });

  after(() => stage?.stop());

  it('draw a gang to their nodes, and the rest of it into their rack', async () => {
    await lies('imagenet', 'b-1');
    await applied(plane, inNamespace(TEAM, claiming('near', 6, 'imagenet', '1')));
    const nodes = await nodesOf('near', 6);
    expect(nodes.filter((node) => node === 'b-1')).to.have.length(4);
    expect(nodes.filter((node) => node === 'b-0')).to.have.length(2);
  });

  it('draw pods elsewhere as soon as a cache says so', async () => {
    await lies('imagenet', 'c-0');
    await applied(plane, inNamespace(TEAM, claiming('moved', 1, 'imagenet', '1')));
    expect(await nodesOf('moved', 1)).to.deep.equal(['c-0']);
  });

  it('keep pods that insist to their nodes, and are asked for where pods that do not insist run', async () => {
    await lies('imagenet', 'b-1');
    await applied(plane, inNamespace(TEAM, claiming('insists', 1, 'imagenet!', '1')));
    await applied(plane, inNamespace(TEAM, claiming('far', 1, 'imagenet', '3500m')));
    const [node = ''] = await nodesOf('far', 1);
    const hint = await stage.sluice.during(
      history.until('a hint', () => {
        const [found] = history
          .all(DATASETS)
          .map((one) => stringAt(one, ['metadata', 'annotations', 'sluice.dev/prefetch']));
        return found === undefined || !found.includes(node) ? undefined : (JSON.parse(found) as JsonObject);
      }),
    );
    expect(hint['nodes']).to.include(node);
    await history.until('an event', () => history.all(EVENTS).find((event) => event['reason'] === 'DataFar'));
    expect(
      history.all(PODS).filter((pod) => isOf(pod, 'insists') && stringAt(pod, ['spec', 'nodeName']) !== ''),
    ).to.deep.equal([]);
  });

  it('refuse pods that insist on what lies nowhere', async () => {
    await applied(plane, dataset('empty'));
    const text = JSON.stringify(inNamespace(TEAM, claiming('never', 1, 'empty!', '1')));
    const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], text);
    expect(code).to.not.equal(0);
    expect(stderr).to.match(/DatasetNotFound|lies|there is no such Dataset|cached anywhere/);
  });

  function dataset(name: string): object {
    const { group, version, kind } = DATASETS;
    return { apiVersion: `${group}/${version}`, kind, metadata: { name, namespace: TEAM }, spec: { source: 'test' } };
  }

  function claiming(name: string, size: number, datasets: string, cpu: string): ReturnType<typeof job> {
    const made = job(name, size, { annotations: { 'sluice.dev/datasets': datasets } });
    const containers = [{ name: 'main', image: 'none', resources: { requests: { cpu } } }];
    const spec = { restartPolicy: 'Never', containers };
    return { ...made, spec: { ...made.spec, template: { spec } } };
  }

  /** As a cache would write it. */
  async function lies(name: string, node: string): Promise<void> {
    const status = { cached: [{ key: HOST, values: [node], percent: 100 }] };
    const path = `${resourcePath(DATASETS, TEAM, name)}/status`;
    const before = objectAt(history.all(DATASETS)[0], 'metadata')['resourceVersion'];
    const text = JSON.stringify({ status });
    const { code, stderr } = await plane.kubectl([
      'patch',
      'datasets',
      name,
      '-n',
      TEAM,
      '--subresource=status',
      '--type=merge',
      '-p',
      text,
    ]);
    if (code !== 0) throw new Error(`${path}: ${stderr}`);
    await history.until('the cache is told of', () =>
      objectAt(history.all(DATASETS)[0], 'metadata')['resourceVersion'] === before ? undefined : true,
    );
  }

  async function nodesOf(prefix: string, size: number): Promise<readonly string[]> {
    const placed = (): readonly string[] | undefined => {
      const nodes = history
        .all(PODS)
        .filter((pod) => isOf(pod, prefix))
        .map((pod) => stringAt(pod, ['spec', 'nodeName']))
        .filter((node) => node !== '');
      return nodes.length === size ? nodes : undefined;
    };
    return await stage.sluice.during(history.until(`${size} pods of ${prefix}`, placed, 60_000));
  }

  function isOf(pod: JsonObject, prefix: string): boolean {
    return stringAt(pod, ['metadata', 'name']).startsWith(`${prefix}-`);
  }
});
