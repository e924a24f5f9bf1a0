import { expect } from 'chai';
import { errorsPage } from '../../tools/generators/errors.ts';

describe('the generated error page', () => {
  const source =
    "export const REASONS = {\n  // First\n  Apple: 'An apple | a pear.',\n  // Second\n  Plum:\n    'A plum.',\n} as const;\n";
  const page = errorsPage(source, { Apple: 'An apple | a pear.', Plum: 'A plum.' });

  it('has one table a section, in the order of the source', () => {
    const lines = page.split('\n').filter((line) => /^(##|\| `)/.test(line));
    expect(lines).to.deep.equal([
      '## First',
      '| `Apple` | An apple \\| a pear. |',
      '## Second',
      '| `Plum` | A plum. |',
    ]);
  });
});
