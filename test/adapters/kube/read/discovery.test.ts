import { expect } from 'chai';
import { fixedConnection } from '../../../../src/adapters/kube/connect/connection.ts';
import { createKubeHttp } from '../../../../src/adapters/kube/connect/http-client.ts';
import type { KubeHttp } from '../../../../src/adapters/kube/connect/http-client.ts';
import { askRelease, createDiscovery } from '../../../../src/adapters/kube/read/discovery.ts';
import type { Discovery } from '../../../../src/engine/ports.ts';
import { FaultServer } from '../../../support/fault-server.ts';

const FOLLOWED = ['get', 'list', 'watch'];

describe('discovery', () => {
  let server: FaultServer;
  let http: KubeHttp;
  let discovery: Discovery;

  beforeEach(async () => {
    server = await FaultServer.start();
    http = createKubeHttp(fixedConnection({ server: server.url, insecure: false }));
    discovery = createDiscovery(http);
  });

  afterEach(async () => {
    await http.close();
    await server.stop();
  });

  it('reads every version of every group', async () => {
    const found = discovery.groupVersions();
    const request = await server.next();
    expect(request.path).to.equal('/apis');
    const versions = [{ groupVersion: 'ray.io/v1' }, { groupVersion: 'ray.io/v1alpha1' }];
    request.answer(200, { groups: [{ name: 'ray.io', versions }, { versions: [{ groupVersion: 'batch/v1' }] }] });
    expect([...((await found) ?? [])]).to.deep.equal(['ray.io/v1', 'ray.io/v1alpha1', 'batch/v1']);
  });

  it('reads the kinds of one version that can be followed', async () => {
    const found = discovery.resources('ray.io/v1');
    const request = await server.next();
    expect(request.path).to.equal('/apis/ray.io/v1');
    request.answer(200, {
      resources: [
        { name: 'rayclusters', kind: 'RayCluster', namespaced: true, verbs: FOLLOWED },
        { name: 'rayclusters/status', kind: 'RayCluster', namespaced: true, verbs: FOLLOWED },
        { name: 'rayreviews', kind: 'RayReview', namespaced: false, verbs: ['create'] },
        { name: 'raypools', kind: 'RayPool', namespaced: false, verbs: FOLLOWED },
      ],
    });
    expect(await found).to.deep.equal([
      { plural: 'rayclusters', kind: 'RayCluster', namespaced: true },
      { plural: 'raypools', kind: 'RayPool', namespaced: false },
    ]);
  });

  it('takes a version that is not there for an empty one', async () => {
    const found = discovery.resources('ray.io/v1');
    (await server.next()).answer(404, { message: 'not found' });
    expect(await found).to.deep.equal([]);
  });

  const versions: readonly (readonly [answer: object, release: number | undefined])[] = [
    [{ major: '1', minor: '37' }, 37],
    [{ major: '1', minor: '34+' }, 34],
    [{ major: '1', minor: '37', emulationMajor: '1', emulationMinor: '34' }, 34],
    [{}, undefined],
  ];
  for (const [answer, release] of versions)
    it(`reads the release of the server in ${JSON.stringify(answer)}`, async () => {
      const found = askRelease(http);
      const request = await server.next();
      expect(request.path).to.equal('/version');
      request.answer(200, answer);
      expect(await found).to.equal(release);
    });

  const silences: Record<string, (exchange: Awaited<ReturnType<FaultServer['next']>>) => void> = {
    'an aggregated server that is away': (exchange) => exchange.answer(503, { message: 'no endpoints' }),
    'what is no JSON': (exchange) => exchange.answer(200, '<html>'),
    'a broken connection': (exchange) => exchange.reset(),
  };
  for (const [name, act] of Object.entries(silences)) {
    it(`learns nothing from ${name}`, async () => {
      const found = discovery.resources('ray.io/v1');
      act(await server.next());
      expect(await found).to.equal(undefined);
    });
  }
});
