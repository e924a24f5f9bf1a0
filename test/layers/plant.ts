import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';

/** One small file for the skeleton checkout, and whether each tool has to refuse it. */
export interface Plant {
  readonly path: string;
  readonly text: string;
  /** A plain sentence for the failure message. */
  readonly what: string;
  readonly linter: 'refuses' | 'accepts' | 'ignored';
  readonly graph: 'refuses' | 'accepts' | 'ignored';
  readonly source: 'refuses' | 'accepts' | 'ignored';
}

/** A plant that all three tools have to accept. */
export function accepted(path: string, what: string, text: string): Plant {
  return { path, what, text: `${text}\n`, linter: 'accepts', graph: 'accepts', source: 'accepts' };
}

/** A plant that the named tools have to refuse; what the others say is not asked. */
export function refused(
  path: string,
  what: string,
  text: string,
  by: readonly ('linter' | 'graph' | 'source')[],
): Plant {
  const verdict = (tool: 'linter' | 'graph' | 'source') => (by.includes(tool) ? 'refuses' : 'ignored');
  return {
    path,
    what,
    text: `${text}\n`,
    linter: verdict('linter'),
    graph: verdict('graph'),
    source: verdict('source'),
  };
}

/** The specifier by which a file imports another of the same checkout. */
export function specifier(fromFile: string, toFile: string): string {
  const path = posix.relative(posix.dirname(fromFile), toFile);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Writes the plants below a folder. */
export async function sow(root: string, plants: readonly Plant[]): Promise<void> {
  for (const plant of plants) {
    const path = join(root, plant.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, plant.text);
  }
}
