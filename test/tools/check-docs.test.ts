import { expect } from 'chai';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkDocs } from '../../tools/check-docs.ts';
import { ROOT } from '../../tools/run-node.ts';

/** A sound little set of pages; each case below breaks one thing in it. */
const SOUND: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module", "scripts": { "ok": "true", "gen:check": "true" } }',
  'README.md':
    '# Name\n\nSee [concepts](docs/concepts.md#a-gang), [here](#name), [web](https://example.test/x), [the folder](docs/).\n',
  'CONTRIBUTING.md':
    '# How\n\nRun `npm run ok`, then `npm run gen:check`.\n\n```sh\nnpm run ok # [not a link](nowhere.md)\n```\n',
  'docs/concepts.md': '# Concepts\n\n## A gang\n\n## A gang\n\n[second](#a-gang-1) and [up](../README.md)\n',
  'docs/errors.md': '| code | meaning |\n| --- | --- |\n| `QueueNotFound` | a |\n| `Overloaded` | b |\n',
  'docs/code.md': "```ts\nimport { double } from './src/double.ts';\n\nconst four: number = double(2);\n```\n",
  'src/double.ts': '/** Twice. */\nexport function double(value: number): number {\n  return value * 2;\n}\n',
  'examples/two.yaml': 'apiVersion: v1\nkind: A\n---\napiVersion: v1\nkind: B\n',
};

const CODES = ['QueueNotFound', 'Overloaded'];

interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly want: readonly RegExp[];
}

const CASES: Readonly<Record<string, Case>> = {
  'a link to a file that is not there': {
    files: { 'docs/a.md': '# A\n\n[x](missing.md)\n' },
    want: [/^docs\/a\.md:3: link missing\.md leads nowhere$/],
  },
  'a link that starts at the root': {
    files: { 'docs/a.md': '[x](/README.md)\n' },
    want: [/^docs\/a\.md:1: link .* is absolute$/],
  },
  'a link to a heading that is not there': {
    files: { 'README.md': '# Name\n\n[x](docs/concepts.md#a-crowd) [y](#nowhere)\n' },
    want: [/^README\.md:3: .*#a-crowd: no such heading$/, /^README\.md:3: .*#nowhere: no such heading$/],
  },
  'a reference link that leads nowhere': {
    files: { 'docs/a.md': '[x]\n\n[x]: gone.md\n' },
    want: [/^docs\/a\.md:3: .*gone\.md/],
  },
  'a script that does not exist': {
    files: { 'docs/a.md': 'Use `npm run deploy`.\n' },
    want: [/^docs\/a\.md:1: npm run deploy is no script$/],
  },
  'a script that does not exist, in a fence': {
    files: { 'docs/a.md': '```sh\nnpm run deploy -- --fast\n```\n' },
    want: [/^docs\/a\.md:2: npm run deploy/],
  },
  'a path of one machine': {
    files: { 'docs/a.md': `Open /${'home'}/me/sluice.\n` },
    want: [/^docs\/a\.md:1: .* is a path of one machine$/],
  },
  'a reason code without a row': {
    files: { 'docs/errors.md': '| `QueueNotFound` | a |\n' },
    want: [/^docs\/errors\.md: reason Overloaded is not listed$/],
  },
  'a row without a reason code': {
    files: { 'docs/errors.md': '| `QueueNotFound` | a |\n| `Overloaded` | b |\n| `Vanished` | c |\n' },
    want: [/^docs\/errors\.md: reason Vanished does not exist$/],
  },
  'a TypeScript fence that does not type-check': {
    files: {
      'docs/a.md': "Text.\n\n```ts\nimport { double } from './src/double.ts';\nconst text: string = double(2);\n```\n",
    },
    want: [/^docs\/a\.md:5: TS2322/],
  },
  'an example that is not YAML': {
    files: { 'examples/a.yaml': 'kind: [\n' },
    want: [/^examples\/a\.yaml: document 1: /],
  },
  'an example without a kind': {
    files: { 'examples/a.yaml': 'apiVersion: v1\n' },
    want: [/^examples\/a\.yaml: document 1: has no kind$/],
  },
  'a second document without an apiVersion': {
    files: { 'examples/a.yaml': 'apiVersion: v1\nkind: A\n---\nkind: B\n' },
    want: [/^examples\/a\.yaml: document 2: has no apiVersion$/],
  },
  'an empty example': { files: { 'examples/a.yaml': '' }, want: [/^examples\/a\.yaml: /] },
};

describe('the documentation check', () => {
  const roots: string[] = [];

  after(async () => {
    for (const root of roots) await rm(root, { recursive: true, force: true });
  });

  async function check(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const root = await mkdtemp(join(tmpdir(), 'sluice-docs-'));
    roots.push(root);
    for (const [path, text] of Object.entries({ ...SOUND, ...files })) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    await copyFile(join(ROOT, 'tsconfig.json'), join(root, 'tsconfig.json'));
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    return (await checkDocs(root, CODES)).problems;
  }

  it('has nothing to say about sound pages', async () => {
    expect(await check({})).to.deep.equal([]);
  });

  it('misses a page that has to exist', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-docs-'));
    roots.push(root);
    await writeFile(join(root, 'package.json'), '{}');
    expect((await checkDocs(root, [])).problems).to.include.members(['README.md: missing', 'docs/errors.md: missing']);
  });

  for (const [name, { files, want }] of Object.entries(CASES)) {
    it(`finds ${name}, and nothing else`, async () => {
      const problems = await check(files);
      expect(problems).to.have.length(want.length);
      for (const [index, pattern] of want.entries()) expect(problems[index]).to.match(pattern);
    });
  }
});
