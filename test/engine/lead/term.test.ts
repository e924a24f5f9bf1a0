import { expect } from 'chai';
import { Term } from '../../../src/engine/lead/term.ts';
import { settled } from '../../support/controller-ports.ts';

/** A term whose parts write down what they are told; each waits until the test lets it go on. */
class Bench {
  readonly steps: string[] = [];
  readonly #gates = new Map<string, () => void>();
  readonly term = new Term({
    catchUp: () => this.#gate('caught up'),
    works: [
      { start: () => void this.steps.push('controllers start'), stop: () => this.#gate('controllers stop') },
      { start: () => void this.steps.push('scheduler starts'), stop: () => void this.steps.push('scheduler stops') },
    ],
    writer: { dropLower: () => void this.steps.push('drop statuses'), idle: () => this.#gate('written') },
    release: () => this.#gate('released'),
  });

  async open(gate: string): Promise<void> {
    this.#gates.get(gate)?.();
    await settled();
  }

  #gate(name: string): Promise<void> {
    this.steps.push(name);
    return new Promise((resolve) => this.#gates.set(name, resolve));
  }
}

describe('a term of the leader', () => {
  it('begins once the newest state was read', async () => {
    const bench = new Bench();
    void bench.term.begin({ followsNobody: false });
    await settled();
    expect(bench.steps).to.deep.equal(['caught up']);
    await bench.open('caught up');
    expect(bench.steps.slice(1)).to.deep.equal(['controllers start', 'scheduler starts']);
  });

  it('begins at once when nobody led since everything was read', async () => {
    const bench = new Bench();
    void bench.term.begin({ followsNobody: true });
    await settled();
    expect(bench.steps).to.deep.equal(['controllers start', 'scheduler starts']);
  });

  for (const how of ['lose', 'end'] as const) {
    it(`does not begin any more when it ${how === 'lose' ? 'was lost' : 'ended'} meanwhile`, async () => {
      const bench = new Bench();
      void bench.term.begin({ followsNobody: false });
      void bench.term[how]();
      await bench.open('caught up');
      expect(bench.steps.filter((step) => step.includes('start'))).to.deep.equal([]);
    });
  }

  it('ends with no further decision, what is only told dropped, decisions written, and then the lease given back', async () => {
    const bench = new Bench();
    void bench.term.end();
    await settled();
    expect(bench.steps).to.deep.equal(['controllers stop', 'scheduler stops', 'drop statuses']);
    await bench.open('controllers stop');
    expect(bench.steps.at(-1)).to.equal('written');
    await bench.open('written');
    expect(bench.steps.at(-1)).to.equal('released');
  });
});
