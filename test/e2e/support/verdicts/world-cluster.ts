import type { KubeClient, KubeResponse, Method } from '../../../control-plane/kube-client.ts';
import { clearDevices, prepareDevices, showDevices } from './device-cluster.ts';
import { inTurn } from './in-turn.ts';
import type { World } from './random-world.ts';
import { clearStorage, prepareStorage, showStorage } from './storage-cluster.ts';
import type { Must } from './storage-cluster.ts';
import { HEAVY_RUNTIME, NAMESPACES } from './vocabulary.ts';
import type { Labels } from './vocabulary.ts';

/** Longer than any test takes. */
const GRACE_SECONDS = 3600;

/** One API server that holds one world after another. */
export class WorldCluster {
  readonly #client: KubeClient;
  /** What the API server refused, in its words. */
  readonly refusals: string[] = [];

  constructor(client: KubeClient) {
    this.#client = client;
  }

  async prepare(): Promise<void> {
    for (const name of NAMESPACES) await this.#must('POST', '/api/v1/namespaces', { metadata: { name } });
    await this.#must('POST', '/apis/node.k8s.io/v1/runtimeclasses', {
      metadata: { name: HEAVY_RUNTIME },
      handler: 'none',
      overhead: { podFixed: { cpu: '250m', memory: '120Mi' } },
    });
    await prepareStorage(this.#must);
    await prepareDevices(this.#must);
  }

  /** Takes away the world before, and brings this one in. */
  async show({ namespaces, nodes, standing, pending, storage, devices }: World): Promise<void> {
    await this.#clear();
    await inTurn([...namespaces], ([name, labels]) => this.#label(name, labels));
    await showStorage(this.#must, storage);
    await showDevices(this.#must, devices);
    await inTurn(nodes, (node) => this.#must('POST', '/api/v1/nodes', node));
    await inTurn(standing, async ({ pod, status, isLeaving }) => {
      const { name, namespace } = pod.metadata;
      const path = `/api/v1/namespaces/${namespace}/pods`;
      if (!(await this.#accepted('POST', path, pod))) return;
      await this.#must('PATCH', `${path}/${name}/status`, { status });
      if (isLeaving) await this.#must('DELETE', `${path}/${name}`, { gracePeriodSeconds: GRACE_SECONDS });
    });
    await inTurn(pending, (pod) => this.#accepted('POST', `/api/v1/namespaces/${pod.metadata.namespace}/pods`, pod));
  }

  async #clear(): Promise<void> {
    for (const name of NAMESPACES) {
      await this.#must('DELETE', `/api/v1/namespaces/${name}/pods`, { gracePeriodSeconds: 0 });
    }
    await this.#must('DELETE', '/api/v1/nodes');
    await clearStorage(this.#must);
    await clearDevices(this.#must);
  }

  async #label(name: string, { team }: Labels): Promise<void> {
    await this.#must('PATCH', `/api/v1/namespaces/${name}`, { metadata: { labels: { team: team ?? null } } });
  }

  async #accepted(method: Method, path: string, body: object): Promise<boolean> {
    const response = await this.#send(method, path, body);
    if (response.status < 300) return true;
    if (response.status !== 422) throw new Error(`${method} ${path}: ${JSON.stringify(response.body)}`);
    this.refusals.push(JSON.stringify(response.body));
    return false;
  }

  readonly #must: Must = async (method, path, body) => {
    const response = await this.#send(method, path, body);
    if (response.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(response.body)}`);
    return response.body;
  };

  #send(method: Method, path: string, body?: object): Promise<KubeResponse> {
    const contentType = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json';
    return this.#client.request(method, path, body, contentType);
  }
}
