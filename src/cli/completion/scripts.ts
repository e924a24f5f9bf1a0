/** Shells that `sluice completion` knows. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** All three ask `sluice __complete`, so that they never know less than the program. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_sluice() {
  local words
  words=$("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  mapfile -t COMPREPLY <<< "$words"
  [ -n "$words" ] || COMPREPLY=()
}
complete -o default -F _sluice sluice`,
  zsh: `#compdef sluice
_sluice() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _sluice sluice`,
  fish: `function __sluice_words
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c sluice -a '(__sluice_words)'`,
};

/** The script that a shell reads to complete `sluice`. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}
