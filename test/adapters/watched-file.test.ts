import { mkdtemp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSystemClock } from '../../src/adapters/clock.ts';
import { WatchedFile } from '../../src/adapters/watched-file.ts';
import type { FileText } from '../../src/adapters/watched-file.ts';
import { until } from '../support/until.ts';

describe('a watched file', () => {
  let folder: string;
  let told: FileText[];
  let watched: WatchedFile | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-watched-'));
    told = [];
  });
  afterEach(async () => {
    watched?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function follow(path: string): void {
    watched = new WatchedFile(path, createSystemClock(), (text) => told.push(text));
    watched.start();
  }

  /** The newest that was told. */
  function says(text: string): Promise<void> {
    return until(() => {
      const last = told.at(-1);
      return last?.kind === 'text' && last.text === text;
    });
  }

  it('tells what it holds at first, and each change of it', async () => {
    const path = join(folder, 'a.conf');
    await writeFile(path, 'one');
    follow(path);
    await says('one');
    await writeFile(path, 'two');
    await says('two');
  });

  it('is followed when another file takes its place', async () => {
    const path = join(folder, 'a.conf');
    await writeFile(path, 'one');
    follow(path);
    await says('one');
    await writeFile(join(folder, 'new'), 'two');
    await rename(join(folder, 'new'), path);
    await says('two');
  });

  it('is followed when the link beside it turns elsewhere, as in a mounted ConfigMap', async () => {
    for (const version of ['one', 'two']) {
      await mkdir(join(folder, `..${version}`));
      await writeFile(join(folder, `..${version}`, 'a.conf'), version);
    }
    await symlink('..one', join(folder, '..data'));
    await symlink(join('..data', 'a.conf'), join(folder, 'a.conf'));
    follow(join(folder, 'a.conf'));
    await says('one');
    await symlink('..two', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await says('two');
  });

  it('tells once that it is gone, and that it is back, with its folder as well', async () => {
    const inner = join(folder, 'inner');
    const path = join(inner, 'a.conf');
    await mkdir(inner);
    await writeFile(path, 'one');
    follow(path);
    await says('one');
    await rm(inner, { recursive: true });
    await until(() => told.length > 1);
    expect(told[1]?.kind).to.equal('unreadable');
    await mkdir(inner);
    await writeFile(path, 'two');
    await says('two');
    expect(told.filter(({ kind }) => kind === 'unreadable')).to.have.length(1);
  });

  it('waits for a file whose folder does not exist', async () => {
    follow(join(folder, 'later', 'a.conf'));
    await until(() => told.length === 1);
    await mkdir(join(folder, 'later'));
    await writeFile(join(folder, 'later', 'a.conf'), 'one');
    await says('one');
  });
});
