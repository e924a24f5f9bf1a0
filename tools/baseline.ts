import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { customResourceDefinition } from '../src/api/kinds/crd.ts';
import { KINDS } from '../src/api/kinds/kinds.ts';
import { STORED_FORMATS } from './compatibility/stored-formats.ts';
import { BASELINES } from './compatibility/baselines.ts';

/** Keeps what this version writes, under the name of the first argument: once for each release, and never changed afterwards. */
async function main(name: string): Promise<void> {
  const folder = join(BASELINES, name);
  await mkdir(folder, { recursive: true });
  const lines = KINDS.map((kind) => JSON.stringify(customResourceDefinition(kind), withoutProse));
  await writeFile(join(folder, 'crds.json'), `[\n${lines.join(',\n')}\n]\n`, { flag: 'wx' });
  const texts = STORED_FORMATS.flatMap(({ name: format, examples, read }) =>
    examples().map((text) => JSON.stringify({ format, text, value: read(text) })),
  );
  await writeFile(join(folder, 'texts.json'), `[\n${texts.join(',\n')}\n]\n`, { flag: 'wx' });
}

/** A member of that name has a schema, and no text. */
function withoutProse(key: string, value: unknown): unknown {
  return key === 'description' && typeof value === 'string' ? undefined : value;
}

const [, , name] = process.argv;
if (name === undefined) throw new Error('Cannot keep a baseline: it has no name');
await main(name);
