import { expect } from 'chai';
import { indexTable, rowsFor } from '../../src/engine/admission/admission-table.ts';
import { memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { CONFIGURATION_DEFAULTS, entriesOf, ownPlace, webhook } from '../../webhooks/configurations.ts';
import { versionsOf } from '../../webhooks/frameworks/versioned-kind.ts';
import { BUILT_IN_KINDS } from '../../webhooks/frameworks/workload-kinds.ts';
import { REGISTRY } from '../../webhooks/registry.ts';
import { workloadRows } from '../../webhooks/roots/rows.ts';
import type { AdmissionRow } from '../../webhooks/row.ts';
import { VOLCANO_ROWS } from '../../webhooks/volcano/rows.ts';
import { volcanoConfigurations } from '../../webhooks/volcano/configurations.ts';
import { request } from './fixture.ts';

const OPTIONS = {
  ...CONFIGURATION_DEFAULTS,
  address: { kind: 'url', base: 'https://x' },
  caBundle: 'Q0E=',
} as const;
const PLAIN = [...REGISTRY, ...workloadRows(BUILT_IN_KINDS.flatMap(versionsOf))];
const TABLES = { plain: PLAIN, 'with those of Volcano': [...VOLCANO_ROWS, ...PLAIN] };

/** The ids of the rows that answer what is asked at a path. */
function answering(table: readonly AdmissionRow[], path: string, row: AdmissionRow, operation: 'CREATE'): string[] {
  const [, phase, id = ''] = path.split('/');
  const [resource = '', subresource = ''] = row.resource.split('/');
  const asked = request({ group: row.group, version: row.version, resource, subresource, operation });
  return rowsFor(indexTable(table), phase === 'mutate' ? 'mutate' : 'validate', asked, id).map((one) => one.id);
}

/** What the API server is told of a row, but for what it is about. */
function told(row: AdmissionRow): JsonObject {
  const { rules: _rules, ...rest } = webhook([row], { name: '', path: '' }, OPTIONS);
  return rest;
}

describe('rows that share an entry', () => {
  for (const [name, table] of Object.entries(TABLES)) {
    const entries = (['mutate', 'validate'] as const).flatMap((phase) =>
      entriesOf(table.filter((row) => row.phase === phase)),
    );
    const shared = entries.filter(({ length }) => length > 1);

    it(`are few entries, and every row once (${name})`, () => {
      expect(entries.flat().toSorted(byId)).to.deep.equal(table.toSorted(byId));
      expect(shared.map(([{ entry }]) => entry)).to.include.members(['mutate-roots', 'seal-roots', 'validate-pods']);
    });

    for (const rows of shared) {
      it(`differ in nothing but what they are about: ${rows[0].entry} (${name})`, () => {
        for (const row of rows) expect(told(row), row.id).to.deep.equal(told(rows[0]));
      });
    }

    it(`each request is answered by those rows of its entry that are about it (${name})`, () => {
      for (const rows of entries) {
        for (const row of rows) {
          for (const operation of row.operations) {
            const wanted = rows.filter((one) => isAbout(one, row) && one.operations.includes(operation));
            const found = answering(table, ownPlace(rows).path, row, operation as 'CREATE');
            expect(found, `${row.id} ${operation}`).to.deep.equal(wanted.map(({ id }) => id));
          }
        }
      }
    });

    it(`rows about one object are asked in the order of the table (${name})`, () => {
      for (const row of table) {
        const about = (one: AdmissionRow): boolean => one.phase === row.phase && isAbout(one, row);
        expect(entries.flat().filter(about)).to.deep.equal(table.filter(about));
      }
    });
  }

  it('keep a path that answers for them under the names of Volcano', () => {
    const table = TABLES['with those of Volcano'];
    for (const { object } of volcanoConfigurations(table, OPTIONS)) {
      for (const entry of (memberAt(object, 'webhooks') as readonly JsonObject[] | undefined) ?? []) {
        const path = stringAt(entry, ['clientConfig', 'url']).replace('https://x', '');
        if (!/^\/(mutate|validate)$/.test(path)) continue;
        const rows = table.filter(({ entry: id }) => `${id}.sluice.dev` === stringAt(entry, ['name']));
        for (const row of rows)
          for (const operation of row.operations)
            expect(answering(table, path, row, operation as 'CREATE')).to.deep.equal([row.id]);
      }
    }
  });
});

function isAbout(one: AdmissionRow, { group, version, resource }: AdmissionRow): boolean {
  return one.group === group && one.version === version && one.resource === resource;
}

function byId(a: AdmissionRow, b: AdmissionRow): number {
  return a.id.localeCompare(b.id);
}
