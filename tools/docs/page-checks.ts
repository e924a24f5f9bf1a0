import { posix } from 'node:path';
import type { Page } from './markdown.ts';

/** What the pages may refer to. */
export interface Known {
  /** Every file and folder of the checkout, relative to its root. */
  readonly paths: ReadonlySet<string>;
  readonly scripts: ReadonlySet<string>;
}

const HOME_PATH = /(?<![\w./:~-])\/(?:home|root|Users|work|workspace)\/[\w.-]+/;

/** Relative links lead to a file, and its anchor exists. */
export function linkProblems(pages: readonly Page[], known: Known): readonly string[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  return pages.flatMap((page) =>
    page.links.flatMap(({ target, line }) => {
      const problem = linkProblem(page, target, byPath, known);
      return problem === undefined ? [] : [`${page.path}:${line}: ${problem}`];
    }),
  );
}

function linkProblem(page: Page, target: string, pages: ReadonlyMap<string, Page>, known: Known): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  if (path.startsWith('/')) return `link ${target} is absolute`;
  const file =
    path === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), decodeURIComponent(path)));
  if (!known.paths.has(file.replace(/\/$/, ''))) return `link ${target} leads nowhere`;
  const there = pages.get(file);
  if (anchor === undefined || there === undefined) return undefined;
  return there.anchors.has(anchor) ? undefined : `link ${target}: no such heading`;
}

/** `npm run X` names a script that exists. */
export function scriptProblems(pages: readonly Page[], known: Known): readonly string[] {
  return eachLine(pages, (line) => {
    const named = [...line.matchAll(/\bnpm run (?:-s |--silent )?([\w:-]+)/g)].map((match) => match[1] ?? '');
    return named.filter((name) => !known.scripts.has(name)).map((name) => `npm run ${name} is no script`);
  });
}

/** Paths of somebody's machine help nobody else. */
export function machinePathProblems(pages: readonly Page[]): readonly string[] {
  return eachLine(pages, (line) => {
    const found = HOME_PATH.exec(line)?.[0];
    return found === undefined ? [] : [`${found} is a path of one machine`];
  });
}

/** The error page and the list of reason codes hold the same codes. */
export function reasonProblems(page: Page | undefined, codes: readonly string[]): readonly string[] {
  if (page === undefined) return ['docs/errors.md: missing'];
  const listed = new Set([...page.text.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? ''));
  const unknown = [...listed].filter((code) => !codes.includes(code));
  return [
    ...codes.filter((code) => !listed.has(code)).map((code) => `docs/errors.md: reason ${code} is not listed`),
    ...unknown.map((code) => `docs/errors.md: reason ${code} does not exist`),
  ];
}

function eachLine(pages: readonly Page[], check: (line: string) => readonly string[]): readonly string[] {
  return pages.flatMap((page) =>
    page.text
      .split('\n')
      .flatMap((line, index) => check(line).map((problem) => `${page.path}:${index + 1}: ${problem}`)),
  );
}
