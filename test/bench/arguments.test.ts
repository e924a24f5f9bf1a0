import { expect } from 'chai';
import { readArguments } from '../../bench/arguments.ts';
import { benchmark } from '../../bench/benchmark.ts';

const SETTINGS = {
  nodes: { kind: 'number', fallback: 10, min: 1, max: 100, help: 'nodes' },
  load: { kind: 'choice', fallback: 'even', choices: ['even', 'uneven'], help: 'load' },
  folder: { kind: 'text', fallback: '', help: 'folder' },
} as const;
const KNOWN = [
  benchmark('first', 'Measures the first thing.', SETTINGS, () => Promise.resolve({})),
  benchmark('second', 'Measures the second thing.', {}, () => Promise.resolve({})),
];

describe('arguments of the benches', () => {
  const mistakes: readonly { readonly name: string; readonly args: readonly string[]; readonly says: RegExp }[] = [
    { name: 'no name', args: [], says: /^name a benchmark: one of first, second$/ },
    {
      name: 'a name that nobody knows',
      args: ['third', '--json'],
      says: /^there is no benchmark 'third': take one of first, second$/,
    },
    { name: 'a setting that the benchmark does not have', args: ['second', '--nodes', '5'], says: /--nodes/ },
    {
      name: 'a number that is none',
      args: ['first', '--nodes', 'many'],
      says: /^--nodes takes a number from 1 to 100, not 'many'$/,
    },
    { name: 'an empty number', args: ['first', '--nodes', ''], says: /--nodes takes a number/ },
    { name: 'a number out of its range', args: ['first', '--nodes', '101'], says: /--nodes takes a number/ },
    {
      name: 'a choice that is not offered',
      args: ['first', '--load', 'odd'],
      says: /^--load takes one of even, uneven, not 'odd'$/,
    },
  ];
  for (const { name, args, says } of mistakes) {
    it(`call ${name} a mistake, in one line`, () => {
      const request = readArguments(args, KNOWN);
      expect(request.kind).to.equal('mistake');
      const message = request.kind === 'mistake' ? request.message : '';
      expect(message).to.match(says);
      expect(message).to.not.include('\n');
    });
  }

  it('fill in what was not given', () => {
    const request = readArguments(['first'], KNOWN);
    expect(request).to.deep.include({ kind: 'run', isJson: false, settings: { nodes: 10, load: 'even', folder: '' } });
  });

  it('take settings before and after the name', () => {
    const request = readArguments(['--json', 'first', '--nodes', '7', '--load=uneven', '--folder', 'out'], KNOWN);
    expect(request).to.deep.include({
      kind: 'run',
      isJson: true,
      settings: { nodes: 7, load: 'uneven', folder: 'out' },
    });
  });

  it('help with every benchmark and setting, and with one alone', () => {
    const all = readArguments(['--help'], KNOWN);
    const one = readArguments(['second', '--help'], KNOWN);
    expect(all.kind === 'help' && all.text)
      .to.include('first')
      .and.to.include('--load')
      .and.to.include('second');
    expect(one.kind === 'help' && one.text)
      .to.include('second')
      .and.to.not.include('--load');
  });
});
