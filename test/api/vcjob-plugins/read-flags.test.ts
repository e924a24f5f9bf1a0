import { expect } from 'chai';
import fc from 'fast-check';
import { port, text, toggle } from '../../../src/api/vcjob-plugins/flag.ts';
import { readFlags } from '../../../src/api/vcjob-plugins/read-flags.ts';
import { withoutAmbient } from '../../support/pure.ts';

const FLAGS = { loud: toggle('loud', false, ''), who: text('who', 'nobody', ''), door: port('door', 22, '') };
const NOTHING = { loud: false, who: 'nobody', door: 22 };

describe('arguments of plugins are read as Go’s flags are', () => {
  const cases: readonly (readonly [name: string, given: readonly string[], want: Partial<typeof NOTHING>])[] = [
    ['none is the defaults', [], {}],
    ['two dashes and a value', ['--door=2222'], { door: 2222 }],
    ['one dash and a value', ['-door=2222'], { door: 2222 }],
    ['a value of its own', ['--door', '2222', '-who', 'me'], { door: 2222, who: 'me' }],
    ['a switch alone', ['--loud'], { loud: true }],
    ['a switch with a value', ['--loud=T'], { loud: true }],
    ['a switch that is off', ['--loud', '--loud=false'], { loud: false }],
    ['the last of a name counts', ['--who=you', '--who=me'], { who: 'me' }],
    ['a value may hold the equals sign', ['--who=a=b'], { who: 'a=b' }],
    ['a value may have lines', ['--who=a\nb\n'], { who: 'a\nb\n' }],
    ['an empty value', ['--who='], { who: '' }],
    ['two dashes end the arguments', ['--who=me', '--', '--loud'], { who: 'me' }],
  ];
  for (const [name, given, want] of cases) {
    it(name, () => {
      const { values, mistake } = withoutAmbient(() => readFlags(FLAGS, given));
      expect(mistake).to.equal(undefined);
      expect(values).to.deep.equal({ ...NOTHING, ...want });
    });
  }

  const mistakes: readonly (readonly [
    name: string,
    given: readonly string[],
    at: number,
    says: string,
    isHarmless: boolean,
  ])[] = [
    ['a flag that is not known', ['--who=me', '--lout', '--loud'], 1, 'flag provided but not defined: -lout', true],
    ['a word', ['loud'], 0, 'no argument', true],
    ['a word after a switch', ['--loud', 'true'], 1, 'no argument', true],
    ['three dashes', ['---loud'], 0, 'no argument', true],
    ['no name', ['--=1'], 0, 'no argument', true],
    ['a value that is missing', ['--who'], 0, 'flag needs an argument: -who', true],
    ['a switch that is neither', ['--loud=maybe'], 0, 'invalid value "maybe" for flag -loud', true],
    ['a port that is no number', ['--door=ssh'], 0, 'invalid value "ssh" for flag -door', false],
    ['a port that is none', ['--door=0'], 0, 'invalid value "0" for flag -door', false],
    ['a port that is too high', ['--door', '65536'], 0, 'invalid value "65536" for flag -door', false],
  ];
  for (const [name, given, at, says, isHarmless] of mistakes) {
    it(`${name} is told, and what follows it is not read`, () => {
      const { values, mistake } = readFlags(FLAGS, given);
      expect(mistake).to.include({ at, isHarmless });
      expect(mistake?.message).to.include(says);
      expect(values.loud).to.equal(name === 'a word after a switch');
    });
  }

  it('any list of texts is read', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('--loud', '--door=1', '-who', '--'))), (given) => {
        const { values, mistake } = readFlags(FLAGS, given);
        expect(Object.keys(values)).to.deep.equal(Object.keys(NOTHING));
        expect(mistake?.at ?? 0).to.be.within(0, given.length);
      }),
    );
  });

  it('what is written out is read back', () => {
    const values = fc.record({
      loud: fc.boolean(),
      who: fc.string(),
      door: fc.integer({ min: 1, max: 65_535 }),
    });
    fc.assert(
      fc.property(values, (want) => {
        const given = [`--loud=${want.loud}`, `--who=${want.who}`, '--door', String(want.door)];
        expect(readFlags(FLAGS, given)).to.deep.equal({ values: want, mistake: undefined });
      }),
    );
  });
});
