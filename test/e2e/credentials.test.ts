import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, stringify } from 'yaml';
import { loadCredentials } from '../../src/adapters/kube/connect/credentials.ts';
import { createKubeHttp } from '../../src/adapters/kube/connect/http-client.ts';
import { arrayAt, memberAt, objectAt } from '../../src/lib/json.ts';
import { QUIET_LOG } from '../support/quiet-log.ts';
import { openAdapterBench } from './support/adapters.ts';
import type { AdapterBench } from './support/adapters.ts';

const REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

describe('credentials on a real API server', function () {
  this.timeout(120_000);
  let bench: AdapterBench;
  let folder: string;

  before(async function () {
    this.timeout(1_800_000);
    folder = await mkdtemp(join(tmpdir(), 'sluice-credentials-'));
    bench = await openAdapterBench();
  });
  after(async () => {
    await bench?.close();
    await rm(folder, { recursive: true });
  });

  it('act as the user, the groups and the UID that a kubeconfig says, and as nobody more', async () => {
    const extra = { 'as-user-extra': { 'example.com/scope': ['a', 'b'] } };
    const who = await whoAmI({ as: 'jane', 'as-uid': '7', 'as-groups': ['dev', 'ops'], ...extra });
    expect(who).to.deep.equal({
      username: 'jane',
      uid: '7',
      groups: ['dev', 'ops', 'system:authenticated'],
      extra: { 'example.com/scope': ['a', 'b'] },
    });
  });

  it('act as themselves where it says nothing', async () => {
    expect(await whoAmI({}))
      .to.have.property('username')
      .that.does.not.equal('jane');
  });

  /** What the API server takes us for, with these members added to the user of the kubeconfig. */
  async function whoAmI(members: object): Promise<unknown> {
    const config: unknown = parse(await readFile(bench.plane.kubeconfigPath, 'utf8'));
    const users = arrayAt(config, 'users').map((entry) => ({
      ...objectAt(entry),
      user: { ...objectAt(entry, 'user'), ...members },
    }));
    const path = join(folder, 'config');
    await writeFile(path, stringify({ ...objectAt(config), users }));
    const credentials = await loadCredentials({ kind: 'kubeconfig', path }, { clock: bench.clock, log: QUIET_LOG });
    const http = createKubeHttp(credentials);
    const body = await new Promise<string>((resolve, reject) => {
      const request = {
        method: 'POST',
        path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        contentType: 'application/json',
        body: JSON.stringify(REVIEW),
      } as const;
      const onFailure = (message: string): void => reject(new Error(message));
      const onAnswer = (_: number, __: unknown, text: string): void => resolve(text);
      http.send(request, { wantsBody: () => true, onAnswer, onFailure }, 10_000);
    });
    credentials.stop();
    await http.close();
    return memberAt(JSON.parse(body), 'status', 'userInfo');
  }
});
