import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { METRIC_TABLE } from '../../../src/adapters/metric-table.ts';
import { ALERTS } from '../../../tools/deploy/alerts.ts';
import { PANELS } from '../../../tools/deploy/dashboard.ts';
import { ROOT } from '../../../tools/run-node.ts';

const EXPRESSIONS = [
  ...ALERTS.map(({ name, expression }) => [name, expression] as const),
  ...PANELS.flatMap(({ title, lines }) => Object.values(lines).map((expression) => [title, expression] as const)),
];

describe('alerts and the dashboard', () => {
  for (const [name, expression] of EXPRESSIONS) {
    it(`${name} asks only for metrics and labels that exist: ${expression.slice(0, 50)}`, () => {
      const rows = (expression.match(/\b(?:sluice|volcano)_[a-z0-9_]+/g) ?? []).map(rowOf);
      expect(rows).to.not.deep.equal([]);
      const labels = [...expression.matchAll(/by \(([^)]*)\)|\{([a-z_]+)=/g)]
        .flatMap(([, by = '', chosen = '']) => [...by.split(','), chosen])
        .map((label) => label.trim())
        .filter((label) => label !== '' && label !== 'le');
      for (const label of labels) expect(rows.flatMap((row) => row.labels)).to.include(label);
    });
  }

  it('show what each line of a panel is about by labels that its expression keeps', () => {
    for (const { title, lines } of PANELS) {
      for (const [legend, expression] of Object.entries(lines)) {
        const kept =
          /by \(([^)]*)\)/
            .exec(expression)?.[1]
            ?.split(',')
            .map((label) => label.trim()) ?? [];
        for (const [, label] of legend.matchAll(/\{\{(\w+)\}\}/g)) expect(kept, title).to.include(label);
      }
    }
  });

  it('ask for the increase of nothing that begins with its first count, which Prometheus would not see', () => {
    const counters = EXPRESSIONS.flatMap(([, expression]) => expression.match(/\bincrease\((\w+)/g) ?? [])
      .map((found) => rowOf(found.replace('increase(', '')))
      // Each reflector tells its own from its start.
      .filter(({ labels }) => !labels.includes('resource'));
    for (const { name, fromZero = [] } of counters)
      if (name !== 'sluice_leader_terms_total') expect(fromZero, name).to.not.deep.equal([]);
  });

  it('have a page each, and no page is about nothing', async () => {
    const pages = await readdir(join(ROOT, 'docs/runbooks'));
    expect(pages.toSorted()).to.deep.equal(ALERTS.map(({ name }) => `${name}.md`).toSorted());
  });
});

function rowOf(name: string): (typeof METRIC_TABLE)[number] {
  const row = METRIC_TABLE.find(
    (one) => one.name === name || (one.kind === 'histogram' && `${one.name}_bucket` === name),
  );
  if (row === undefined) throw new Error(`there is no metric ${name}`);
  return row;
}
