import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '../../tools/generate.ts';

describe('the generator driver', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-generate-'));
    await mkdir(join(root, 'tools/generators/shared'), { recursive: true });
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  async function generator(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    const text = `export async function outputs() { return new Map(Object.entries(${JSON.stringify(files)})); }\n`;
    await writeFile(join(root, 'tools/generators', name), text);
  }

  it('tells files that are right, changed by hand, and missing', async () => {
    await generator('one.ts', { 'right.txt': 'a', 'changed.txt': 'b' });
    await generator('two.ts', { 'made/missing.txt': 'c' });
    await writeFile(join(root, 'right.txt'), 'a');
    await writeFile(join(root, 'changed.txt'), 'b by hand');
    const states = (await generate(root)).map(({ path, state }) => `${path} ${state}`);
    expect(states).to.deep.equal(['changed.txt drifted', 'made/missing.txt missing', 'right.txt same']);
  });

  it('refuses two generators for one file', async () => {
    await generator('one.ts', { 'same.txt': 'a' });
    await generator('two.ts', { 'same.txt': 'a' });
    const fault = await generate(root).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(fault)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/made by .*one\.ts and by .*two\.ts/);
  });

  it('refuses a file without outputs(), so that a renamed export cannot switch a check off', async () => {
    await writeFile(join(root, 'tools/generators/empty.ts'), 'export const nothing = 1;\n');
    const fault = await generate(root).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(fault)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/does not export outputs/);
  });

  it('leaves helpers in folders below alone', async () => {
    await writeFile(join(root, 'tools/generators/shared/helper.ts'), 'export const nothing = 1;\n');
    expect(await generate(root)).to.deep.equal([]);
  });
});
