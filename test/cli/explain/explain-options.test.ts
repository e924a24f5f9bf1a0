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

  for (const what of ['', 'job/', 'node/n1', 'job/a/b', 'constructor/x']) {
    it(`says what is wrong with ${JSON.stringify(what)}`, () => {
      expect(readExplainOptions(what, RAW)).to.be.a('string').that.contains(JSON.stringify(what));
    });
  }

  it('knows two forms of output', () => {
    expect(readExplainOptions('g', { ...RAW, output: 'yaml' })).to.equal('--output takes text or json');
  });
});
