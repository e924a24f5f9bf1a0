import { expect } from 'chai';
import { configurationKey, describeSource } from '../../src/config/policy-source.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';

const PATH =
  'data[volcano-scheduler.conf]: must hold the configuration, or else exactly one key that ends in .conf or .yaml';

describe('the key of a ConfigMap that holds the configuration', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["is Volcano's", ['a.conf', 'volcano-scheduler.conf', 'b.yaml'], 'volcano-scheduler.conf'],
    ['is else the only one that ends in .conf', ['a.conf', 'README'], 'a.conf'],
    ['is else the only one that ends in .yaml', ['a.yaml', 'a.yml'], 'a.yaml'],
    ['is missed where there is none', ['README'], `${PATH}; there is none`],
    ['is not guessed among several', ['b.yaml', 'a.conf'], `${PATH}; there are a.conf, b.yaml`],
  ];
  for (const [name, keys, want] of cases) {
    it(name, () => {
      const key = configurationKey(keys);
      expect(typeof key === 'string' ? key : formatFieldError(key)).to.equal(want);
    });
  }
});

describe('a source in words', () => {
  it('is what people wrote', () => {
    expect(describeSource({ kind: 'default' })).to.equal('');
    expect(describeSource({ kind: 'file', path: '/etc/a.conf' })).to.equal('/etc/a.conf');
    expect(describeSource({ kind: 'configMap', namespace: 'ns', name: 'a' })).to.equal('ConfigMap ns/a');
  });
});
