import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startGuardian } from '../guardian.ts';
import { lookUpProcess } from '../parent-watch.ts';
import { makeTempFolder } from './temp-folder.ts';
import type { TempFolder } from './temp-folder.ts';

const GUARDIAN = join(import.meta.dirname, '..', 'guardian.ts');

async function eventually(holds: () => boolean): Promise<boolean> {
  for (let round = 0; round < 100; round += 1) {
    if (holds()) return true;
    await sleep(50);
  }
  return false;
}

describe('control plane: guardian', () => {
  let temp: TempFolder;
  beforeEach(() => void (temp = makeTempFolder()));
  afterEach(() => temp.remove());

  it('ends programs and their children and removes its folder on release, which may be repeated', async () => {
    const guardian = await startGuardian('sluice-test');
    const logPath = join(guardian.dir, 'a.log');
    const script = 'sleep 600 & echo $!; wait';
    const program = guardian.start({ name: 'a', file: '/bin/sh', args: ['-c', script], logPath });
    expect(await eventually(() => /^\d+\n$/.test(readFileSync(logPath, 'utf8')))).to.equal(true);
    const grandchild = Number(readFileSync(logPath, 'utf8'));
    await guardian.release();
    await guardian.release();
    expect(program.exit()).to.equal('was ended by SIGKILL');
    expect(existsSync(guardian.dir)).to.equal(false);
    expect(await eventually(() => lookUpProcess(grandchild) === undefined)).to.equal(true);
  });

  it('does the same when its parent is killed', async () => {
    const code = `
      import { startGuardian } from ${JSON.stringify(GUARDIAN)};
      const guardian = await startGuardian('sluice-test');
      const program = guardian.start({ name: 'a', file: 'sleep', args: ['600'], logPath: guardian.dir + '/a.log' });
      console.log(JSON.stringify({ dir: guardian.dir, pids: [guardian.pid, program.pid] }));
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const { dir, pids } = JSON.parse(line.toString()) as { dir: string; pids: number[] };
    expect(pids.map((pid) => lookUpProcess(pid) !== undefined)).to.deep.equal([true, true]);
    parent.kill('SIGKILL');
    expect(await eventually(() => pids.every((pid) => lookUpProcess(pid) === undefined))).to.equal(true);
    expect(existsSync(dir)).to.equal(false);
  });

  it('removes the file it was given only while that file names its folder', async () => {
    const [own, foreign] = [join(temp.path, 'own'), join(temp.path, 'foreign')];
    const first = await startGuardian('sluice-test', own);
    const second = await startGuardian('sluice-test', foreign);
    writeFileSync(own, `# in ${first.dir}\n`);
    writeFileSync(foreign, `# in ${first.dir}\n`);
    await Promise.all([first.release(), second.release()]);
    expect([existsSync(own), existsSync(foreign)]).to.deep.equal([false, true]);
  });

  it('says how a program ended, or that it could not be run', async () => {
    const guardian = await startGuardian('sluice-test');
    const start = (name: string, file: string, args: readonly string[]): ReturnType<typeof guardian.start> =>
      guardian.start({ name, file, args, logPath: join(guardian.dir, `${name}.log`) });
    const seven = start('seven', '/bin/sh', ['-c', 'exit 7']);
    const absent = start('absent', '/nonexistent/program', []);
    seven.hold();
    absent.hold();
    expect(await seven.ended).to.equal('exited with code 7');
    expect(await absent.ended).to.equal('exited with code 127');
    await guardian.release();
  });
});
