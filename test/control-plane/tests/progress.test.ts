import { expect } from 'chai';
import { Progress } from '../progress.ts';

/** A sink that lets a test wait for a line. */
class Sink {
  text = '';
  readonly isTTY: boolean;
  #wanted: { pattern: RegExp; resolve: () => void } | undefined;

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
    if (this.#wanted?.pattern.test(this.text) === true) this.#wanted.resolve();
  }

  async until(pattern: RegExp): Promise<void> {
    if (pattern.test(this.text)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wanted = { pattern, resolve };
    const awake = setTimeout(() => undefined, 10_000);
    await promise;
    clearTimeout(awake);
  }
}

describe('control plane: progress', () => {
  it('writes a heartbeat line again and again where no terminal is', async () => {
    const sink = new Sink(false);
    const progress = new Progress(sink, 5);
    progress.begin('Building etcd (1 of 2)');
    await sink.until(/^Building etcd \(1 of 2\) \.\.\.\n(Building etcd \(1 of 2\): \d+ s\n){2}/);
    progress.end('done');
    expect(sink.text).to.match(/\d s, done\n$/);
  });

  it('says with each heartbeat how far the step is', async () => {
    const sink = new Sink(false);
    const progress = new Progress(sink, 5);
    let done = 0;
    progress.begin('Building', () => `, ${(done += 1)} of 9`);
    await sink.until(/^Building \.\.\.\nBuilding: \d+ s, 1 of 9\nBuilding: \d+ s, 2 of 9\n/);
    progress.end('done');
  });

  it('redraws one line on a terminal and keeps its last state', async () => {
    const sink = new Sink(true);
    const progress = new Progress(sink, 5);
    progress.begin('Building etcd (1 of 2)');
    await sink.until(/(\r.{1,4}Building etcd \(1 of 2\): \d+ s){3}/);
    expect(sink.text).to.not.include('\n');
    progress.end('done');
    expect(sink.text.split('\n')).to.have.length(2);
  });

  it('is silent after the end of a step', () => {
    const sink = new Sink(false);
    const progress = new Progress(sink, 5);
    progress.begin('a');
    progress.end('done');
    const before = sink.text;
    progress.end('done');
    expect(sink.text).to.equal(before);
  });
});
