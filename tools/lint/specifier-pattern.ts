import { edge, LAYERS, OUTER_FOLDERS } from '../layer-matrix.ts';
import type { Layer } from '../layer-matrix.ts';

/** Regular expression for relative specifiers that climb out of a layer into one of the folders. */
export function climbsInto(folders: readonly string[]): string {
  const inSource = folders.filter((folder) => folder.startsWith('src/')).map((folder) => folder.slice('src/'.length));
  const atRoot = folders.filter((folder) => !folder.startsWith('src/'));
  const parts = [...(inSource.length > 0 ? [`(src/)?(${inSource.join('|')})`] : []), ...atRoot];
  return `^(\\.\\./)+(${parts.join('|')})(/|$)`;
}

/** Folders that a layer may not import at all. */
export function forbiddenFolders(layer: Layer): readonly string[] {
  const layers = LAYERS.filter((other) => edge(layer, other) === 'forbidden').map((other) => other.folder);
  return [...layers, ...OUTER_FOLDERS];
}

/** Folders of which a layer may import types only. */
export function typeOnlyFolders(layer: Layer): readonly string[] {
  return LAYERS.filter((other) => edge(layer, other) === 'type').map((other) => other.folder);
}

/**
 * Regular expression for bare specifiers (packages, `node:` modules) other than the allowed ones and their subpaths.
 * The linter's regular expressions know no look-ahead, so the complement is spelled out letter by letter.
 */
export function packagesOtherThan(allowed: readonly string[]): string {
  const first = [...new Set(allowed.map((name) => name.charAt(0)))];
  const branches = first.map((letter) => branch(letter, allowed));
  return `^(?:${[`[^./${first.join('')}]`, ...branches].join('|')})`;
}

function branch(letter: string, names: readonly string[]): string {
  const rests = names.filter((name) => name.startsWith(letter)).map((name) => name.slice(1));
  return `${escaped(letter)}(?:${mismatch(rests)})`;
}

/** Matches whatever follows a common prefix without completing one of the names. */
function mismatch(rests: readonly string[]): string {
  const complete = rests.includes('');
  const longer = rests.filter((rest) => rest !== '');
  const next = [...new Set(longer.map((rest) => rest.charAt(0)))];
  const excluded = [...next, ...(complete ? ['/'] : [])].map(escaped).join('');
  const other = excluded === '' ? '.' : `[^${excluded}]`;
  const ends = complete ? [] : ['$'];
  return [...ends, other, ...next.map((letter) => branch(letter, longer))].join('|');
}

function escaped(letter: string): string {
  return /[\w:@]/.test(letter) ? letter : `\\${letter}`;
}
