import { expect } from 'chai';
import { installationError, NoAnswer } from '../clients/support/no-answer.ts';
import { tablesOf } from '../clients/support/table.ts';

describe('the table of real clients', () => {
  it('has a line for each, with an answer to each question, and says why one could not be tried', () => {
    const table = tablesOf([
      { client: 'JobSet', question: 'grouped right', answer: 'yes' },
      { client: 'JobSet', question: 'minimum right', answer: 'NO' },
      { client: 'Ray', absent: 'the registry is silent' },
      { client: 'JobSet', question: 'survives UPDATE', answer: '-' },
    ]);
    expect(table.split('\n').map((line) => line.split(/ {2,}/).map((cell) => cell.trim()))).to.deep.equal([
      ['client', 'grouped right', 'minimum right', 'queue right', 'survives UPDATE', 'no deadlock'],
      ['------', '-------------', '-------------', '-----------', '---------------', '-----------'],
      ['JobSet', 'yes', 'NO', '?', '-', '?'],
      ['Ray', 'not tried: the registry is silent'],
    ]);
  });

  it('tells of an API how much was asked and what was wrong, in a table of its own', () => {
    const table = tablesOf([
      { client: 'Ray', absent: 'silent' },
      { client: 'Job', asked: 16, wrong: ['apply: refused'] },
    ]);
    expect(table).to.match(/^client.*\n-+.*\nRay +not tried: silent\n\nclient +asked +right\n/);
    const [last, why] = table.split('\n').slice(-2);
    expect([last?.trimEnd(), why]).to.deep.equal(['Job     16     15', '    apply: refused']);
  });
});

describe('an installation that failed', () => {
  const outputs: Readonly<Record<string, boolean>> = {
    'go: module example.org/x: Get "https://proxy": dial tcp: lookup proxy: no such host': true,
    'reading https://proxy/x/@v/v1.0.0.info: 403 Forbidden\n\tserver response: not available': true,
    'ERROR: Could not find a version that satisfies the requirement torchx==0.0.0': true,
    'main.go:12:2: undefined: x': false,
    'error: command gcc failed with exit code 1': false,
  };
  for (const [output, isSilence] of Object.entries(outputs)) {
    it(`is ${isSilence ? 'the silence of a registry' : 'a failure'}: ${output.split('\n')[0]}`, () => {
      expect(installationError('it', output) instanceof NoAnswer).to.equal(isSilence);
    });
  }
});
