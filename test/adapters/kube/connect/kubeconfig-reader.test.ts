import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import type { Connection } from '../../../../src/adapters/kube/connect/connection.ts';
import { KubeconfigReader } from '../../../../src/adapters/kube/connect/kubeconfig-reader.ts';

const SERVER = { server: 'https://10.0.0.1:6443' };
const API_VERSION = 'client.authentication.k8s.io/v1';

describe('a kubeconfig', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-kubeconfig-'));
    path = join(folder, 'config');
    await writeFile(join(folder, 'a.pem'), 'from a file');
    await writeFile(join(folder, 'issued'), 'issued\n');
    await writeFile(join(folder, 'nothing'), '\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const rows: readonly { name: string; cluster?: object; user?: object; want: Partial<Connection> }[] = [
    { name: 'a slash at the end of the server', cluster: { server: 'https://h:1/' }, want: { server: 'https://h:1' } },
    {
      name: 'a path before that of the API',
      cluster: { server: 'https://h/clusters/one/' },
      want: { server: 'https://h/clusters/one' },
    },
    {
      name: 'an IPv6 address',
      cluster: { server: 'https://[fd00::1]:6443' },
      want: { server: 'https://[fd00::1]:6443' },
    },
    {
      name: 'an authority in place',
      cluster: { ...SERVER, 'certificate-authority-data': base64('in place'), 'certificate-authority': 'a.pem' },
      want: { caPem: 'in place' },
    },
    {
      name: 'an authority in a file beside the kubeconfig',
      cluster: { ...SERVER, 'certificate-authority': 'a.pem' },
      want: { caPem: 'from a file' },
    },
    {
      name: 'another name in the certificate',
      cluster: { ...SERVER, 'tls-server-name': 'api.local' },
      want: { serverName: 'api.local' },
    },
    {
      name: 'a certificate that is not checked',
      cluster: { ...SERVER, 'insecure-skip-tls-verify': true },
      want: { insecure: true },
    },
    {
      name: 'a client certificate in place',
      user: { 'client-certificate-data': base64('certificate'), 'client-key-data': base64('key') },
      want: { certPem: 'certificate', keyPem: 'key' },
    },
    {
      name: 'a client certificate in files',
      user: { 'client-certificate': 'a.pem', 'client-key': 'issued' },
      want: { certPem: 'from a file', keyPem: 'issued\n' },
    },
    { name: 'a token', user: { token: 'secret' }, want: { token: 'secret' } },
    { name: 'a token in a file, which wins', user: { token: 'old', tokenFile: 'issued' }, want: { token: 'issued' } },
    {
      name: 'a password',
      user: { username: 'me', password: 'a:b' },
      want: { headers: ['authorization', `Basic ${base64('me:a:b')}`] },
    },
    {
      name: 'somebody to act as',
      user: {
        token: 'secret',
        as: 'jane',
        'as-uid': '7',
        'as-groups': ['dev', 'ops'],
        'as-user-extra': { 'Example.com/Scope': ['a', 'b'] },
      },
      want: {
        token: 'secret',
        headers: [
          'impersonate-user',
          'jane',
          'impersonate-uid',
          '7',
          'impersonate-group',
          'dev',
          'impersonate-group',
          'ops',
          'impersonate-extra-example.com%2Fscope',
          'a',
          'impersonate-extra-example.com%2Fscope',
          'b',
        ],
      },
    },
    { name: 'a user without anything', user: {}, want: { token: undefined, headers: undefined } },
  ];
  for (const { name, cluster, user, want } of rows) {
    it(`may have ${name}`, async () => {
      await write(user ?? {}, cluster);
      const { connection } = await reader().read(true);
      expect(connection).to.deep.include(want);
    });
  }

  const refusals: readonly { name: string; cluster?: object; user?: object; context?: string; want: RegExp }[] = [
    { name: 'no such context', context: 'other', want: /it has no context "other"/ },
    { name: 'a proxy', cluster: { ...SERVER, 'proxy-url': 'http://p' }, want: /its cluster has a proxy-url/ },
    { name: 'a server that is no URL', cluster: { server: '10.0.0.1' }, want: /its server "10.0.0.1" is no URL/ },
    { name: 'a server with a password', cluster: { server: 'https://a:b@h' }, want: /its server holds a password/ },
    { name: 'an auth-provider', user: { 'auth-provider': { name: 'oidc' } }, want: /its user has an auth-provider/ },
    { name: 'a token and a password', user: { token: 'a', password: 'b' }, want: /both a token and a password/ },
    { name: 'half a certificate', user: { 'client-key-data': base64('key') }, want: /one of client-certificate and/ },
    {
      name: 'groups of nobody',
      user: { token: 'a', 'as-groups': ['dev'] },
      want: /as-groups or as-user-extra without as/,
    },
    { name: 'a number to act as', user: { token: 'a', as: 7 }, want: /its as is no text/ },
    { name: 'one group that is no list', user: { as: 'a', 'as-groups': 'dev' }, want: /its as-groups is no list of/ },
    { name: 'extra that is no map', user: { as: 'a', 'as-user-extra': 'b' }, want: /its as-user-extra is no map/ },
    {
      name: 'a number as an argument',
      user: { exec: { apiVersion: API_VERSION, command: 'x', args: [8080] } },
      want: /its args is no list of texts/,
    },
    { name: 'a line break in a name', user: { token: 'a', as: 'a\nb' }, want: /which no header can hold/ },
    { name: 'a file that is missing', user: { tokenFile: 'none' }, want: /no such file/ },
    { name: 'an empty token file', user: { tokenFile: 'nothing' }, want: /its tokenFile nothing is empty/ },
    { name: 'a program without a name', user: { exec: { apiVersion: API_VERSION } }, want: /names no command/ },
    {
      name: 'a program of an old protocol',
      user: { exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' } },
      want: /its exec speaks ".*v1alpha1"/,
    },
    {
      name: 'a program that wants a terminal',
      user: { exec: { apiVersion: API_VERSION, command: 'x', interactiveMode: 'Always' } },
      want: /wants to ask somebody/,
    },
    {
      name: 'a program that is not there',
      user: { exec: { apiVersion: API_VERSION, command: './none' } },
      want: /none failed: .*ENOENT/,
    },
  ];
  for (const { name, cluster, user, context, want } of refusals) {
    it(`is refused with the file's name for ${name}`, async () => {
      await write(user ?? {}, cluster);
      const problem: unknown = await reader(context)
        .read(true)
        .catch((error: unknown) => error);
      expect(String(problem)).to.include(path).and.match(want).and.not.include('\n');
    });
  }

  it('is refused when it is no YAML', async () => {
    await writeFile(path, '{');
    const problem: unknown = await reader()
      .read(true)
      .catch((error: unknown) => error);
    expect(String(problem)).to.include(path);
  });

  describe('with a program', () => {
    it('hands it arguments, environment and the cluster, and takes token and certificate', async () => {
      const exec = { args: ['one', 'two'], env: [{ name: 'COLOR', value: 'red' }], provideClusterInfo: true };
      const output = { token: '$1 $2 $COLOR', clientCertificateData: 'certificate', clientKeyData: 'key' };
      await program(`echo "$KUBERNETES_EXEC_INFO" > ${folder}/info`, output);
      await write({ exec: { apiVersion: API_VERSION, command: './program', ...exec } });
      const { connection } = await reader().read(true);
      expect(connection).to.include({ token: 'one two red', certPem: 'certificate', keyPem: 'key' });
      const info: unknown = JSON.parse(await readFile(join(folder, 'info'), 'utf8'));
      expect(info).to.deep.equal({
        apiVersion: API_VERSION,
        kind: 'ExecCredential',
        spec: { interactive: false, cluster: SERVER },
      });
    });

    const lives: readonly { name: string; expires: string; fresh: boolean; want: number }[] = [
      {
        name: 'is not run again while what it printed is good',
        expires: '2026-01-01T00:10:00Z',
        fresh: false,
        want: 1,
      },
      { name: 'is run again before what it printed expires', expires: '2026-01-01T00:01:00Z', fresh: false, want: 2 },
      { name: 'is run again when the API server refused', expires: '2026-01-01T00:10:00Z', fresh: true, want: 2 },
    ];
    for (const { name, expires, fresh, want } of lives) {
      it(name, async () => {
        await program(`echo >> ${folder}/runs`, { token: 'secret', expirationTimestamp: expires });
        await write({ exec: { apiVersion: API_VERSION, command: './program' } });
        const one = reader();
        await one.read(false);
        await one.read(fresh);
        const runs = await readFile(join(folder, 'runs'), 'utf8');
        expect(runs).to.have.length(want);
      });
    }

    it('is refused when it prints nothing in time', async () => {
      await program('sleep 30', { token: 'late' });
      await write({ exec: { apiVersion: API_VERSION, command: './program' } });
      const problem: unknown = await reader(undefined, 200)
        .read(true)
        .catch((error: unknown) => error);
      expect(String(problem)).to.match(/no credentials within 0.2 s/);
    });

    const failures: readonly { name: string; lines: string; status: object; want: RegExp }[] = [
      { name: 'fails', lines: 'echo "not logged in" >&2; exit 3', status: {}, want: /program failed: not logged in$/ },
      { name: 'prints no credentials', lines: '', status: {}, want: /printed neither a token nor/ },
    ];
    for (const { name, lines, status, want } of failures) {
      it(`is refused when it ${name}`, async () => {
        await program(lines, status);
        await write({ exec: { apiVersion: API_VERSION, command: './program' } });
        const problem: unknown = await reader()
          .read(true)
          .catch((error: unknown) => error);
        expect(String(problem)).to.match(want);
      });
    }

    it('is not run for a user who has a token', async () => {
      await write({ token: 'secret', exec: { apiVersion: API_VERSION, command: './none' } });
      expect((await reader().read(true)).connection.token).to.equal('secret');
    });
  });

  function reader(context?: string, pluginTimeoutMs = 60_000): KubeconfigReader {
    return new KubeconfigReader({ path, context, nowMs: () => Date.UTC(2026, 0, 1), pluginTimeoutMs });
  }

  async function write(user: object, cluster: object = SERVER): Promise<void> {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      clusters: [{ name: 'one', cluster }],
      users: [{ name: 'me', user }],
      contexts: [{ name: 'here', context: { cluster: 'one', user: 'me' } }],
    };
    await writeFile(path, stringify(config));
  }

  /** A shell program that does as the lines say and prints a credential; words with `$` are filled in by the shell. */
  async function program(lines: string, status: object): Promise<void> {
    const credential = JSON.stringify({ apiVersion: API_VERSION, kind: 'ExecCredential', status });
    const file = join(folder, 'program');
    await writeFile(file, `#!/bin/sh\n${lines}\ncat <<END\n${credential}\nEND\n`);
    await chmod(file, 0o755);
  }
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
