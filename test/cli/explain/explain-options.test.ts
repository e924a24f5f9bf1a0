import { expect } from 'chai';
import { readExplainOptions } from '../../../src/cli/explain/explain-options.ts';

const RAW = { output: 'text', sluiceNamespace: 'sluice-system' };

describe('the command line of sluice explain', () => {
  for (const [what, kind, name] of [
    ['g', 'podgroup', 'g'],
    ['podgroup/g', 'podgroup', 'g'],
    ['pg/g', 'podgroup', 'g'],
    ['job/train', 'job', 'train'],
    ['pods/train-0', 'pod', 'train-0'],
  ] as const) {
    it(`reads ${what} as ${kind} ${name}`, () => {
      const options = readExplainOptions(what, RAW);
      expect(options).to.deep.include({ target: { kind, name }, namespace: undefined, output: 'text', isWide: false });
    });
  }

  it('takes any other word for a kind that groups are made for', () => {
    const target = { kind: 'owner', word: 'pytorchjob', name: 'train' };
    expect(readExplainOptions('pytorchjob/train', RAW)).to.deep.include({ target });
  });

  for (const what of ['', '/x', 'job/', 'vcjob/', 'job/a/b']) {
    it(`says what is wrong with ${JSON.stringify(what)}`, () => {
      expect(readExplainOptions(what, RAW)).to.be.a('string').that.contains(JSON.stringify(what));
    });
  }

  it('knows two forms of output', () => {
    expect(readExplainOptions('g', { ...RAW, output: 'yaml' })).to.equal('--output takes text or json');
  });
});
