import { expect } from 'chai';
import fc from 'fast-check';
import { digest } from '../../src/lib/digest.ts';
import { dnsLabel, isObjectName, isPlannedName, plannedName } from '../../webhooks/group-name.ts';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

describe('group names', () => {
  const stems: Readonly<Record<string, string>> = {
    train: 'train',
    'train-': 'train',
    'Train.v2_final': 'train-v2-final',
    '--': 'group',
    '': 'group',
    [`${'a'.repeat(53)}.b`]: 'a'.repeat(53),
    ['b'.repeat(200)]: 'b'.repeat(54),
  };
  for (const [root, stem] of Object.entries(stems)) {
    it(`of the root ${JSON.stringify(root)} begin with ${stem}`, () => {
      const name = plannedName(root, 'some-uid');
      expect(name).to.match(new RegExp(`^${stem}-[0-9a-z]{8}$`));
      expect(name).to.match(LABEL);
    });
  }

  it('are DNS labels that are recognised again, for any root and seed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string(), (root, seed) => {
        const name = plannedName(root, seed);
        expect(name).to.match(LABEL);
        expect(isObjectName(name)).to.equal(true);
        expect(isPlannedName(root, name)).to.equal(true);
      }),
    );
  });

  it('of another root, or of a person, are not taken for ours', () => {
    expect(isPlannedName('train', plannedName('other', 'uid'))).to.equal(false);
    expect(isPlannedName('train', 'train')).to.equal(false);
    expect(isPlannedName('train', 'train-workers')).to.equal(false);
    expect(isPlannedName('train', 'train-hello-12')).to.equal(false);
  });

  it('never end in a dash and keep no double one', () => {
    expect(dnsLabel('a..b', 10)).to.equal('a-b');
    expect(dnsLabel('abc-def', 4)).to.equal('abc');
    expect(dnsLabel('.', 10)).to.equal('');
  });

  it('tell 100,000 consecutive seeds apart', () => {
    const seen = new Set(Array.from({ length: 100_000 }, (_, index) => digest(`uid-${index}`, 8)));
    expect(seen.size).to.equal(100_000);
  });

  it('are decided quickly for hostile texts', () => {
    expect(isObjectName('a'.repeat(1_000_000))).to.equal(false);
    expect(isObjectName(`${'a-'.repeat(126)}!`)).to.equal(false);
    expect(dnsLabel('-'.repeat(1_000_000), 63)).to.equal('');
  });
});
