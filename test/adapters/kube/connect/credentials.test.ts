import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadCredentials } from '../../../../src/adapters/kube/connect/credentials.ts';
import type { CredentialChoice, LoadedCredentials } from '../../../../src/adapters/kube/connect/credentials.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { QUIET_LOG } from '../../../support/quiet-log.ts';
import { until } from '../../../support/until.ts';

describe('credentials', () => {
  let folder: string;
  let clock: ManualClock;
  let loaded: LoadedCredentials | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-credentials-'));
    clock = new ManualClock();
  });
  afterEach(async () => {
    loaded?.stop();
    await rm(folder, { recursive: true });
  });

  it('come from the current context of a kubeconfig', async () => {
    const choice = await kubeconfig({ token: 'secret' });
    loaded = await load(choice);
    expect(defined(loaded.current())).to.deep.equal({
      server: 'https://10.0.0.1:6443',
      caPem: 'authority',
      token: 'secret',
      serverName: 'api.local',
      insecure: false,
    });
    expect(loaded.namespace).to.equal('team');
  });

  it('come from another context when one is named', async () => {
    const choice = await kubeconfig({ token: 'secret' });
    loaded = await load({ ...choice, context: 'second' });
    expect(defined(loaded.current())).to.deep.equal({
      server: 'http://127.0.0.1:8001',
      token: 'secret',
      insecure: true,
    });
    expect(loaded.namespace).to.equal('default');
  });

  it('are read once for several refusals at the same time', async () => {
    loaded = await load(await kubeconfig({ token: 'secret' }));
    expect(loaded.refresh()).to.equal(loaded.refresh());
    await loaded.refresh();
  });

  it('stay the same object while nothing changed', async () => {
    loaded = await load(await kubeconfig({ token: 'secret' }));
    const before = loaded.current();
    expect(await loaded.refresh()).to.equal(before);
  });

  it('stay what they were when the file cannot be read any more', async () => {
    loaded = await load(await kubeconfig({ token: 'secret' }));
    await rm(join(folder, 'config'));
    expect((await loaded.refresh()).token).to.equal('secret');
  });

  it('of a kubeconfig are read again every minute, with the files that it names', async () => {
    await writeFile(join(folder, 'issued'), 'one');
    const choice = await kubeconfig({ tokenFile: 'issued' });
    loaded = await load(choice);
    const told: (string | undefined)[] = [];
    loaded.onChange(({ token }) => told.push(token));
    await writeFile(join(folder, 'issued'), 'two');
    clock.advance(60_000);
    await until(() => told.length === 1);
    await kubeconfig({ token: 'three' });
    await until(() => clock.pending === 1);
    clock.advance(60_000);
    await until(() => told.length === 2);
    expect(told).to.deep.equal(['two', 'three']);
  });

  it('of a pod are read again every minute, and whoever listens is told', async () => {
    await writeFile(join(folder, 'token'), 'one\n');
    await writeFile(join(folder, 'ca.crt'), 'authority');
    await writeFile(join(folder, 'namespace'), 'sluice-system');
    loaded = await load({ kind: 'inCluster', folder, host: 'fd00::1', port: '443' });
    expect(defined(loaded.current())).to.deep.equal({
      server: 'https://[fd00::1]:443',
      caPem: 'authority',
      token: 'one',
      insecure: false,
    });
    expect(loaded.namespace).to.equal('sluice-system');
    const told: (string | undefined)[] = [];
    loaded.onChange(({ token }) => told.push(token));
    await writeFile(join(folder, 'token'), 'two');
    clock.advance(60_000);
    await until(() => told.length === 1);
    expect([told, loaded.current().token]).to.deep.equal([['two'], 'two']);
    await until(() => clock.pending === 1);
    loaded.stop();
    expect(clock.pending).to.equal(0);
  });

  const mistakes: readonly { name: string; make: () => Promise<CredentialChoice>; want: RegExp }[] = [
    {
      name: 'a file that is not there',
      make: async () => ({ kind: 'kubeconfig', path: join(folder, 'none') }),
      want: /no such file/,
    },
    {
      name: 'a pod without a token',
      make: async () => ({ kind: 'inCluster', folder, host: 'h', port: '1' }),
      want: /no service account token/,
    },
  ];
  for (const tc of mistakes) {
    it(`say in one sentence what is wrong: ${tc.name}`, async () => {
      const problem: unknown = await load(await tc.make()).catch((error: unknown) => error);
      expect(String(problem)).to.match(tc.want);
    });
  }

  function load(choice: CredentialChoice): Promise<LoadedCredentials> {
    return loadCredentials(choice, { clock, log: QUIET_LOG });
  }

  async function kubeconfig(user: object): Promise<CredentialChoice & { kind: 'kubeconfig' }> {
    const path = join(folder, 'config');
    const ca = Buffer.from('authority').toString('base64');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'first',
      clusters: [
        {
          name: 'one',
          cluster: {
            server: 'https://10.0.0.1:6443/',
            'certificate-authority-data': ca,
            'tls-server-name': 'api.local',
          },
        },
        { name: 'two', cluster: { server: 'http://127.0.0.1:8001', 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'me', user }],
      contexts: [
        { name: 'first', context: { cluster: 'one', user: 'me', namespace: 'team' } },
        { name: 'second', context: { cluster: 'two', user: 'me' } },
      ],
    };
    await writeFile(path, JSON.stringify(config));
    return { kind: 'kubeconfig', path };
  }
});

/** Without the members that are undefined. */
function defined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
