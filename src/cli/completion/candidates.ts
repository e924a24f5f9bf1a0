import type { Command, Option } from 'commander';

/** What may follow these words of a command line, whose last one is being typed; sorted, without what does not begin like it. */
export function candidates(program: Command, words: readonly string[]): readonly string[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = commandAt(program, before);
  const awaiting = optionOf(command, before.at(-1) ?? '');
  return possible(command, typed, awaiting)
    .filter((word) => word.startsWith(typed))
    .toSorted();
}

function possible(command: Command, typed: string, awaiting: Option | undefined): readonly string[] {
  const help = command.createHelp();
  if (awaiting !== undefined && !awaiting.isBoolean()) return awaiting.argChoices ?? [];
  if (typed.startsWith('-')) return help.visibleOptions(command).map(({ long, short }) => long ?? short ?? '');
  return [
    ...help.visibleCommands(command).map((one) => one.name()),
    ...command.registeredArguments.flatMap((one) => one.argChoices ?? []),
  ];
}

/** The command that the words name: words that name none are values. */
function commandAt(program: Command, words: readonly string[]): Command {
  return words.reduce((command, word) => command.commands.find((one) => one.name() === word) ?? command, program);
}

function optionOf(command: Command, word: string): Option | undefined {
  return command.options.find(({ long, short }) => long === word || short === word);
}
