import { Argument, Command, Option } from 'commander';
import { expect } from 'chai';
import { candidates } from '../../../src/cli/completion/candidates.ts';

function program(): Command {
  const root = new Command('sluice').option('--verbose', 'say more');
  root.command('__complete', { hidden: true });
  root
    .command('get')
    .addArgument(new Argument('<kind>').choices(['groups', 'queues']))
    .argument('[name]')
    .option('-n, --namespace <name>', 'where')
    .addOption(new Option('-o, --output <format>').choices(['json', 'yaml']))
    .addOption(new Option('--secret').hideHelp());
  const policy = root.command('policy');
  policy.command('apply');
  policy.command('lint');
  return root;
}

describe('what may follow on a command line', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['g', ['get']],
    ['policy ', ['apply', 'help', 'lint']],
    ['policy a', ['apply']],
    ['get ', ['groups', 'queues']],
    ['get q', ['queues']],
    ['get groups --n', ['--namespace']],
    ['get groups -', ['--help', '--namespace', '--output']],
    ['get groups -o ', ['json', 'yaml']],
    ['get groups --output y', ['yaml']],
    ['get groups -n ', []],
    ['get groups -n team-a --o', ['--output']],
    ['--v', ['--verbose']],
    ['shred ', ['get', 'help', 'policy']],
  ];
  for (const [line, wanted] of cases) {
    it(`after '${line}' is ${wanted.join(' ') || 'nothing'}`, () => {
      expect(candidates(program(), line.split(' '))).to.deep.equal(wanted);
    });
  }
});
