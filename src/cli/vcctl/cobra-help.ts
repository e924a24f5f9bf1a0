import type { Command, Help } from 'commander';

/** Help laid out as that of Volcano's own programs, for whoever reads or greps it. */
export function cobraHelp(command: Command, helper: Help): string {
  const path = pathOf(command);
  const commands = helper.visibleCommands(command).map((one) => [one.name(), one.description()] as const);
  const flags = helper.visibleOptions(command).map((one) => [flagTerm(one.flags), one.description] as const);
  const nested = commands.filter(([name]) => name !== 'help');
  return [
    ...(command.description() === '' ? [] : [command.description(), '']),
    'Usage:',
    ...(nested.length > 0 ? [`  ${path} [command]`] : [`  ${path} [flags]`]),
    ...section('Available Commands:', nested.length > 0 ? commands : []),
    ...section('Flags:', flags),
    ...(nested.length > 0 ? ['', `Use "${path} [command] --help" for more information about a command.`] : []),
    '',
  ].join('\n');
}

function section(head: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([term]) => term.length));
  return rows.length === 0 ? [] : ['', head, ...rows.map(([term, help]) => `  ${term.padEnd(width)}   ${help}`)];
}

/** `-n, --name <string>` as cobra has it: `-n, --name string`, and flags without a letter under those with one. */
function flagTerm(flags: string): string {
  const term = flags.replaceAll(/[<>]/g, '');
  return term.startsWith('--') ? `    ${term}` : term;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
