import { createPublicKey } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import { memberAt } from '../../../src/lib/json.ts';
import { auditPolicy } from '../audit-policy.ts';
import { makeServiceAccountKeys, makeTokens, tokenFile } from '../credential.ts';
import { assertReplaceable, writeKubeconfig } from '../kubeconfig.ts';
import { readOptions } from '../main.ts';
import { stageDocuments } from '../stages.ts';
import { makeTempFolder } from './temp-folder.ts';
import type { TempFolder } from './temp-folder.ts';

describe('control plane: files', () => {
  let temp: TempFolder;
  beforeEach(() => void (temp = makeTempFolder()));
  afterEach(() => temp.remove());

  it('gives each user a token of its own, and only admin, kwok and Sluice as installed all rights', () => {
    const tokens = makeTokens();
    expect(new Set(Object.values(tokens)).size).to.equal(Object.keys(tokens).length);
    const lines = tokenFile(tokens).trim().split('\n');
    expect(lines).to.include(`${tokens.admin},admin,admin,"system:masters"`);
    expect(lines).to.include(`${tokens.sluice},sluice,sluice`);
    expect(lines).to.include(`${tokens['kube-scheduler']},system:kube-scheduler,kube-scheduler`);
    expect(lines.filter((line) => line.includes('system:masters'))).to.have.length(3);
  });

  it('makes a matching key pair for service account tokens', () => {
    const { privatePem, publicPem } = makeServiceAccountKeys();
    expect(createPublicKey(privatePem).export({ type: 'spki', format: 'pem' })).to.equal(publicPem);
  });

  it('writes a kubeconfig for its owner only, and over one of its own kind', async () => {
    const path = join(temp.path, 'below', 'kubeconfig');
    const content = { url: 'https://127.0.0.1:1', caPem: 'ca', user: 'admin', token: 'first', dataDir: '/d' };
    await writeKubeconfig(path, content);
    await writeKubeconfig(path, { ...content, token: 'second' });
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    const document: unknown = parse(readFileSync(path, 'utf8'));
    expect(memberAt(document, 'current-context')).to.equal('sluice');
    expect(memberAt(document, 'users')).to.deep.equal([{ name: 'admin', user: { token: 'second' } }]);
  });

  it('leaves a kubeconfig alone that it has not written', async () => {
    const path = join(temp.path, 'kubeconfig');
    writeFileSync(path, 'apiVersion: v1\nkind: Config\n');
    const failure = await assertReplaceable(path).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(failure).to.match(/somebody else's kubeconfig/);
  });

  it('has stages for pods only where they are asked for', () => {
    const names = (podStages: boolean): readonly unknown[] =>
      parseAllDocuments(stageDocuments({ podStages, logPort: 0 })).map((document) =>
        memberAt(document.toJS(), 'metadata', 'name'),
      );
    expect(names(false)).to.deep.equal([undefined, 'node-initialize', 'node-heartbeat']);
    expect(names(true).slice(3)).to.deep.equal(['pod-ready', 'pod-accepted', 'pod-evicted', 'pod-delete']);
  });

  it('audits writes, with bodies only where they are asked for', () => {
    const levels = (text: string): unknown =>
      (memberAt(parse(text), 'rules') as readonly unknown[]).map((rule) => memberAt(rule, 'level'));
    expect(levels(auditPolicy('writes'))).to.deep.equal(['None', 'Metadata']);
    expect(levels(auditPolicy('objects'))).to.deep.equal(['None', 'RequestResponse', 'Metadata']);
  });
});

describe('control plane: command line', () => {
  it('has 8 nodes of 8 GPUs and a kubeconfig in the checkout by default', () => {
    const options = readOptions([]);
    expect(options).to.include({ nodes: 8, gpus: 8 });
    expect(memberAt(options, 'kubeconfig')).to.match(/\.sluice\/kubeconfig$/);
  });

  for (const [args, mistake] of [
    [['--nodes', 'many'], /--nodes takes a whole number, not 'many'/],
    [['--gpus=-1'], /--gpus takes a whole number, not '-1'/],
    [['--speed'], /--speed/],
    [['up'], /up/],
  ] as const) {
    it(`calls ${args.join(' ')} a mistake`, () => {
      expect(memberAt(readOptions(args), 'mistake')).to.match(mistake);
    });
  }

  it('knows --help', () => {
    expect(readOptions(['--help'])).to.equal('help');
  });
});
