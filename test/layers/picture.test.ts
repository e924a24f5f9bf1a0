import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { edge, layerNamed, LAYERS } from '../../tools/layer-matrix.ts';
import { ROOT } from '../../tools/run-node.ts';

type Arrow = readonly [from: string, kind: 'value' | 'type', to: string];

describe('the layer picture in CONTRIBUTING.md', () => {
  let arrows: readonly Arrow[];

  before(async () => {
    const page = await readFile(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
    const picture = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    arrows = picture.split('\n').flatMap(arrowsOf);
  });

  it('names every layer', () => {
    const named = new Set(arrows.flatMap(([from, , to]) => [from, to]));
    expect([...named].toSorted()).to.deep.equal(LAYERS.map((layer) => layer.name).toSorted());
  });

  it('draws only what the law allows', () => {
    for (const [from, kind, to] of arrows) {
      expect(edge(layerNamed(from), layerNamed(to)), `${from} to ${to}`).to.equal(kind);
    }
  });

  it('leads, arrow by arrow, to everything that the law allows', () => {
    for (const from of LAYERS) {
      const reached = reachable(from.name, arrows);
      const allowed = LAYERS.filter((to) => to !== from && edge(from, to) !== 'forbidden').map((to) => to.name);
      expect([...reached], from.name).to.include.members(allowed);
    }
  });
});

function arrowsOf(line: string): readonly Arrow[] {
  const match = /^\s*(\w+)(?:\[.*?\])?\s*(-->|-\. types \.->)\s*(.+)$/.exec(line);
  if (match === null) return [];
  const [, from = '', arrow, targets = ''] = match;
  return targets.split('&').map((to) => [from, arrow === '-->' ? 'value' : 'type', to.trim()]);
}

function reachable(from: string, arrows: readonly Arrow[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const [source, , to] of arrows) {
      if (source !== name || reached.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return reached;
}
