import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { ancestorsUpToNpm, exitWithParent, lookUpProcess } from '../parent-watch.ts';
import type { ProcessInfo, ProcessLookup } from '../parent-watch.ts';

function table(...processes: readonly (readonly [pid: number, parentPid: number, command: string])[]): ProcessLookup {
  const rows = new Map<number, ProcessInfo>(
    processes.map(([pid, parentPid, command]) => [pid, { pid, parentPid, startedAt: `t${pid}`, command }]),
  );
  return (pid) => rows.get(pid);
}

describe('control plane: parent watch', () => {
  for (const [name, command] of [
    ['npm by its title', 'npm run control-plane'],
    ['npx by its title', 'npx sluice serve'],
    ['npm by its script', '/usr/bin/node /usr/lib/node_modules/npm/bin/npm-cli.js start'],
  ] as const) {
    it(`follows the parents up to ${name}`, () => {
      const lookup = table([30, 20, 'sh -c node x.js'], [20, 10, command], [10, 1, 'bash'], [1, 0, 'init']);
      expect(ancestorsUpToNpm(30, lookup).map(({ pid }) => pid)).to.deep.equal([30, 20]);
    });
  }

  it('watches nobody when no npm is among the parents', () => {
    const lookup = table([30, 10, '/home/npmuser/tool'], [10, 1, 'bash'], [1, 0, 'init']);
    expect(ancestorsUpToNpm(30, lookup)).to.deep.equal([]);
    expect(exitWithParent(() => undefined, lookup).watched).to.deep.equal([]);
  });

  for (const [name, after] of [
    ['npm dies', () => table([process.ppid, 20, 'sh -c x'])],
    ['the shell between dies', () => table([20, 1, 'npm start'])],
    [
      'a stranger has got the pid of npm',
      (): ProcessLookup => (pid) =>
        pid === 20 ? { pid, parentPid: 1, startedAt: 'later', command: 'npm start' } : before(pid),
    ],
  ] as const) {
    it(`calls back when ${name}`, async () => {
      let lookup = before;
      const gone = new Promise<void>((resolve) => void exitWithParent(resolve, (pid) => lookup(pid), 5));
      lookup = after();
      const awake = setTimeout(() => undefined, 10_000);
      await gone;
      clearTimeout(awake);
    });
  }

  it('describes this process and its parent, and no process that has ended', async () => {
    const own = lookUpProcess(process.pid);
    expect(own?.parentPid).to.equal(process.ppid);
    expect(own?.startedAt).to.match(/./);
    const child = spawn('true');
    await once(child, 'close');
    expect(lookUpProcess(child.pid ?? 0)).to.equal(undefined);
  });
});

const before = table([process.ppid, 20, 'sh -c x'], [20, 1, 'npm start']);
