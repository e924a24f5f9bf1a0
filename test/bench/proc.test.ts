import { expect } from 'chai';
import {
  machineCpu,
  memoryPeakMb,
  parseMachineStat,
  parseMemoryPeak,
  parseProcessStat,
  processCpuSeconds,
} from '../../bench/proc.ts';

describe('CPU time of processes', () => {
  it('is user and system time, whatever the name of the program holds', () => {
    const rest = 'S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 11 0 12345';
    expect(parseProcessStat(`42 (node) ${rest}`)).to.equal(3);
    expect(parseProcessStat(`42 (a) b (c) ${rest}`)).to.equal(3);
  });

  it('is not a number for a process that is gone', async () => {
    expect(parseProcessStat('')).to.be.NaN;
    expect(await processCpuSeconds(2 ** 30)).to.be.NaN;
  });

  it('is told for the whole machine without waiting, stolen time apart', () => {
    const text = 'cpu  100 20 300 9999 400 5 6 70 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n';
    expect(parseMachineStat(text)).to.deep.equal({ busySeconds: 4.31, stolenSeconds: 0.7 });
  });

  it('grows for this process with its work', async function () {
    if (process.platform !== 'linux') this.skip();
    const before = await processCpuSeconds(process.pid);
    const own = process.cpuUsage();
    while (process.cpuUsage(own).user < 50_000) JSON.stringify(process.versions);
    expect((await processCpuSeconds(process.pid)) - before).to.be.greaterThan(0);
    expect((await machineCpu()).busySeconds).to.be.greaterThan(before);
  });
});

describe('memory of processes', () => {
  it('is the most that was held, in MiB', () => {
    expect(parseMemoryPeak('Name:\tnode\nVmPeak:\t  9999999 kB\nVmHWM:\t  524288 kB\nVmRSS:\t  1 kB\n')).to.equal(512);
  });

  it('is not a number for a process that is gone', async () => {
    expect(await memoryPeakMb(2 ** 30)).to.be.NaN;
  });
});
