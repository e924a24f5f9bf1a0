import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { NODES, PODS } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied, job, optedInNamespace } from './support/manifest.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';

/** What the fake Prometheus says of a busy node. */
const BUSY = '95';

describe('the usage of nodes, read from a Prometheus', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let stage: Stage;
  let prometheus: Server;
  /** Percent in use by node. */
  const told = new Map<string, string>();

  before(async () => {
    prometheus = createServer((_, response) => {
      const result = [...told].flatMap(([node, percent]) =>
        ['cpu', 'memory'].map((resource) => ({ metric: { resource, node }, value: [0, percent] })),
      );
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
    await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
    stage = await Stage.start({
      policy: policy((prometheus.address() as AddressInfo).port),
      nodes: [{ count: 2, cpu: '4', memory: '64Gi' }],
      kinds: [PODS, NODES],
    });
    ({ plane, sluice, history } = stage);
  });

  after(async () => {
    await stage?.stop();
    prometheus?.close();
    prometheus?.closeAllConnections();
  });

  it('keeps pods from the busy node, and lets them in once it is idle', async () => {
    const names = await history.until('two nodes', () => {
      const all = history.all(NODES).map((node) => stringAt(node, ['metadata', 'name']));
      return all.length === 2 ? all.toSorted() : undefined;
    });
    const [busy = '', idle = ''] = names;
    told.set(busy, BUSY).set(idle, '5');
    await measured();
    await applied(plane, optedInNamespace('u'), inNamespace(job('first', 4)));
    await running(4);
    expect(nodesOf('first')).to.deep.equal([idle]);
    told.set(busy, '5').set(idle, BUSY);
    await measured();
    await applied(plane, inNamespace(job('second', 4)));
    await running(8);
    expect(nodesOf('second')).to.deep.equal([busy]);
  });

  /** One reading may be on its way while the next is what was told last. */
  async function measured(): Promise<void> {
    const readings = (): Promise<number> => sluice.metric('sluice_node_usage_readings_total');
    const before = await readings();
    while ((await readings()) < before + 2) await sluice.during(sleep(100));
  }

  function running(wanted: number): Promise<true> {
    const all = (): true | undefined => (podsOf('').length === wanted ? true : undefined);
    return sluice.during(history.until(`${wanted} pods run`, all, 60_000));
  }

  function podsOf(prefix: string): readonly string[] {
    return history
      .all(PODS)
      .filter(
        (pod) =>
          stringAt(pod, ['status', 'phase']) === 'Running' && stringAt(pod, ['metadata', 'name']).startsWith(prefix),
      )
      .map((pod) => stringAt(pod, ['spec', 'nodeName']));
  }

  function nodesOf(prefix: string): readonly string[] {
    return [...new Set(podsOf(prefix))].toSorted();
  }
});

function policy(port: number): string {
  return `
actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
- plugins:
  - name: predicates
  - name: proportion
  - name: nodeorder
  - name: usage
metrics:
  type: prometheus
  address: http://127.0.0.1:${port}
  interval: 1s
`;
}

function inNamespace(manifest: ReturnType<typeof job>): object {
  return { ...manifest, metadata: { ...manifest.metadata, namespace: 'u' } };
}
