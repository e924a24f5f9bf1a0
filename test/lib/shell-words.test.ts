import { expect } from 'chai';
import fc from 'fast-check';
import { shellWords } from '../../src/lib/shell-words.ts';

describe('the words of a command line', () => {
  const cases: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['', []],
    ['  ', []],
    ['sleep 10', ['sleep', '10']],
    [' a\t b\n', ['a', 'b']],
    ["sh -c 'sleep 1; exit 1'", ['sh', '-c', 'sleep 1; exit 1']],
    ['echo "a \\" b" \'c\\d\'', ['echo', 'a " b', 'c\\d']],
    ["a'b c'd", ['ab cd']],
    ["''", ['']],
    ['a\\ b', ['a b']],
    ['"a\\n"', ['a\\n']],
    ["echo 'a", undefined],
    ['echo "a', undefined],
    ['a\\', undefined],
  ];
  for (const [line, wanted] of cases) {
    it(`of ${JSON.stringify(line)} are ${JSON.stringify(wanted)}`, () => {
      expect(shellWords(line)).to.deep.equal(wanted);
    });
  }

  it('are those that were quoted', () => {
    const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(shellWords(words.map(quoted).join(' '))).to.deep.equal(words);
      }),
    );
  });
});
