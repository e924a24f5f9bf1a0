import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkSource } from '../../tools/check-source.ts';

const lines = (count: number) => Array.from({ length: count }, (_, index) => `export const v${index} = 0;`).join('\n');

/** Problems by file; a file without an entry has none. */
const CASES: Readonly<
  Record<string, { readonly path: string; readonly text: string; readonly want: readonly RegExp[] }>
> = {
  'a file at the limit': { path: 'src/lib/a.ts', text: `${lines(500)}\n`, want: [] },
  'a file over the limit': { path: 'bench/a.ts', text: lines(501), want: [/^bench\/a\.ts: 501 lines/] },
  'a linter exemption in a layer': {
    path: 'src/adapters/a.ts',
    text: '// oxlint-disable-next-line complexity',
    want: [/:1: .*exemptions/],
  },
  'a silenced compiler in a layer': {
    path: 'certs/a.ts',
    text: 'x();\n// @ts-expect-error why\n',
    want: [/:2: .*compiler/],
  },
  'the same outside the layers': { path: 'test/a.ts', text: '// @ts-expect-error why\n', want: [] },
  'a comment that speaks of new Date()': {
    path: 'src/lib/a.ts',
    text: '/** Like new Date(), but pure. */\n// Math = chance\n',
    want: [],
  },
  'a clock after a comment on the same line': {
    path: 'src/lib/a.ts',
    text: 'const a = new Date(); // now\n',
    want: [/:1: new Date/],
  },
  'a schema that a serving layer loads': {
    path: 'src/engine/a.ts',
    text: "import {\n  x,\n} from '../api/kinds/queue.ts';\n",
    want: [/loads src\/api\/kinds\/queue\.ts/],
  },
  'a type of a schema in a serving layer, and a folder of the same name': {
    path: 'webhooks/frameworks/a.ts',
    text: "import type { Queue } from '../../src/api/kinds/queue.ts';\nimport { RAY } from './kinds/ray.ts';\n",
    want: [],
  },
  'a schema that a command loads': {
    path: 'src/cli/a.ts',
    text: "import { KINDS } from '../api/kinds/kinds.ts';\n",
    want: [],
  },
  'generated validators, whatever they hold': {
    path: 'src/api/generated/a.js',
    text: `new Date();\n${lines(600)}`,
    want: [],
  },
};

describe('the source check', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-source-'));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  for (const [name, { path, text, want }] of Object.entries(CASES)) {
    it(`${want.length === 0 ? 'accepts' : 'finds'} ${name}`, async () => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
      const { problems } = await checkSource(root);
      expect(problems).to.have.length(want.length);
      for (const [index, pattern] of want.entries()) expect(problems[index]).to.match(pattern);
    });
  }

  it('tells median and 90th percentile of the sizes', async () => {
    await mkdir(join(root, 'src/lib'), { recursive: true });
    for (let count = 1; count <= 10; count++) await writeFile(join(root, `src/lib/f${count}.ts`), lines(count));
    expect(await checkSource(root)).to.include({ fileCount: 10, medianLines: 6, p90Lines: 10 });
  });
});
