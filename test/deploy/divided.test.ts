import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROTATE_ANNOTATION } from '../../src/api/keys.ts';
import { resourcePath, SECRETS } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { applied, optedInNamespace } from '../e2e/support/manifest.ts';
import { trusted, untilTrusted } from '../e2e/support/trusted-bundle.ts';
import { Replicas } from './support/replicas.ts';
import { ReviewStorm } from './support/review-storm.ts';

const NAMESPACE = 'sluice-system';
const TEAM = 'team';
const WEBHOOKS = 3;
const POLL_MS = 100;
/** Seconds that a serving certificate lives: an authority is taken away after that. */
const LIFE_SECONDS = 60;
const CERTIFICATES = ['--certificate-seconds', '1', '--certificate-days', String(LIFE_SECONDS / 86_400)];
/** Longer than webhooks take to serve another certificate once it is trusted. */
const SETTLED_MS = 5000;

const LARGE_JOB = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'large', namespace: TEAM } };

function podOf(cpu: string): object {
  return { containers: [{ name: 'main', image: 'none', resources: { requests: { cpu } } }] };
}

describe('webhooks that only read, and who writes for them', function () {
  this.timeout(400_000);
  let plane: ControlPlane;
  let replicas: Replicas;

  before(async () => {
    plane = await startControlPlane();
    replicas = await Replicas.launch(plane, {
      webhooks: WEBHOOKS,
      schedulers: 1,
      leaseSeconds: 15,
      args: CERTIFICATES,
    });
    await applied(plane, optedInNamespace(TEAM));
  });

  after(async () => {
    await replicas?.stop();
    await plane?.stop();
  });

  it('serve by the certificate that is made for them, and are asked once their Service leads to them', async () => {
    await replicas.untilServing();
    expect(await trusted(plane.client)).to.deep.equal([]);
    await replicas.untilReady();
    expect(await trusted(plane.client)).to.have.length(1);
  });

  it('tell what has to wait for room, as the one that leads says', async () => {
    await plane.applyNodes([{ count: 1, cpu: '4', memory: '8Gi' }]);
    const metadata = { name: 'taken', namespace: 'default' };
    await applied(plane, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...podOf('3'), nodeName: 'node-0' } });
    const spec = { parallelism: 1, template: { spec: { ...podOf('2'), restartPolicy: 'Never' } } };
    const job = JSON.stringify({ ...LARGE_JOB, spec });
    const create = ['create', '--dry-run=server', '-f', '-'];
    let told = '';
    // The leader counts the pod, renews, and the webhooks look: a few seconds at most.
    while (!told.includes('it has to wait: cpu: 2 asked for together, 1 free')) {
      await sleep(POLL_MS);
      told = (await plane.kubectl(create, job)).stderr;
    }
  });

  it('answer every review while the authority is rotated, lost, and who writes is killed', async () => {
    const storm = new ReviewStorm({ client: plane.client, balancer: replicas.balancer, namespace: TEAM });
    let isOver = false;
    const struck = blows().finally(() => (isOver = true));
    await Promise.all([storm.run(({ failed }) => isOver || failed > 0), struck]);
    const { answered, failed, retried, longestMs } = storm.figures;
    console.log(
      `      ${answered} reviews: ${failed} failed, ${retried} retried, the longest took ${Math.round(longestMs)} ms`,
    );
    expect({ failed, retried, failures: storm.failures }).to.deep.equal({ failed: 0, retried: 0, failures: [] });
  });

  async function blows(): Promise<void> {
    const [before = ''] = await trusted(plane.client);
    const body = { metadata: { annotations: { [ROTATE_ANNOTATION]: 'now' } } };
    await plane.client.request('PATCH', secret('sluice-ca'), body, 'application/merge-patch+json');
    await untilTrusted(plane.client, (found) => found.length === 2);
    await replicas.kill(WEBHOOKS);
    await untilTrusted(plane.client, (found) => found.length === 1 && !found.includes(before));
    const known = await trusted(plane.client);
    await plane.client.request('DELETE', secret('sluice-ca'));
    await untilTrusted(plane.client, (found) => found.some((one) => !known.includes(one)));
    await sleep(SETTLED_MS);
    await plane.client.request('DELETE', secret('sluice-serving'));
    while ((await stored()) === '') await sleep(POLL_MS);
    await sleep(SETTLED_MS);
  }

  async function stored(): Promise<string> {
    const { body } = await plane.client.request('GET', secret('sluice-serving'));
    return stringAt(body, ['data', 'tls.crt']);
  }

  function secret(name: string): string {
    return resourcePath(SECRETS, NAMESPACE, name);
  }
});
