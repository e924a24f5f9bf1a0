/** A link in a page. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A fenced block of a page. */
export interface Fence {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence. */
  readonly line: number;
}

/** A page in the parts that the checks look at. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly Link[];
  readonly fences: readonly Fence[];
}

/** Takes a Markdown page apart; links and headings inside fences are text. */
export function parsePage(path: string, text: string): Page {
  const { fences, prose } = splitFences(text.split('\n'));
  const links: Link[] = [];
  const anchors = new Map<string, number>();
  for (const [index, line] of prose.entries()) {
    const heading = /^#{1,6}\s+(.+?)\s*#*$/.exec(line)?.[1];
    if (heading !== undefined) addAnchor(anchors, slug(heading));
    for (const target of linkTargets(line)) links.push({ target, line: index + 1 });
  }
  return { path, text, anchors: anchorNames(anchors, text), links, fences };
}

/** Separates fenced blocks from prose; a line of a fence leaves an empty line of prose, so that line numbers stay true. */
function splitFences(lines: readonly string[]): {
  readonly fences: readonly Fence[];
  readonly prose: readonly string[];
} {
  const fences: Fence[] = [];
  const prose: string[] = [];
  let open:
    { readonly language: string; readonly mark: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const [, mark, language = ''] = /^\s*(`{3,}|~{3,})\s*(\S*)/.exec(line) ?? [];
    prose.push(open === undefined && mark === undefined ? line : '');
    if (open === undefined) {
      if (mark !== undefined) open = { language, mark, line: index + 1, lines: [] };
    } else if (mark?.startsWith(open.mark) === true && language === '') {
      fences.push({ language: open.language, text: open.lines.join('\n'), line: open.line });
      open = undefined;
    } else open.lines.push(line);
  }
  return { fences, prose };
}

/** The anchor that GitHub gives a heading. */
function slug(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

function addAnchor(anchors: Map<string, number>, name: string): void {
  anchors.set(name, (anchors.get(name) ?? 0) + 1);
}

/** The second heading of the same name gets `-1`, and so on; `id` attributes count too. */
function anchorNames(anchors: ReadonlyMap<string, number>, text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [name, count] of anchors) {
    names.add(name);
    for (let copy = 1; copy < count; copy++) names.add(`${name}-${copy}`);
  }
  for (const match of text.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) names.add(match[1] ?? '');
  return names;
}

function linkTargets(line: string): readonly string[] {
  const plain = line.replaceAll(/`[^`]*`/g, '');
  const inline = [...plain.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map((match) => match[1] ?? '');
  const reference = /^\s*\[[^\]]+\]:\s*(\S+)/.exec(plain)?.[1];
  return reference === undefined ? inline : [...inline, reference];
}
