import { expect } from 'chai';
import type { Read } from '../../../src/cli/doctor/facts.ts';
import { whoLeads } from '../../../src/cli/migrate/leader.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const NOW_MS = Date.parse('2026-01-01T00:01:00Z');
const NONE: Read<JsonObject | undefined> = { kind: 'read', value: undefined };
const LEADS = 'a leads as Sluice, and would place the same pods: stop sluice serve first';

describe('whether a Sluice leads', () => {
  const cases: readonly (readonly [name: string, lease: Read<JsonObject | undefined>, want: string])[] = [
    ['is no without a Lease', NONE, ''],
    ['is no when the Lease was given back', held('', '2026-01-01T00:00:55Z'), ''],
    ['is no when the Lease has run out', held('a', '2026-01-01T00:00:40Z'), ''],
    ['is yes while the Lease runs', held('a', '2026-01-01T00:00:50Z'), LEADS],
    ['is yes when our clock is behind', held('a', '2026-01-01T00:09:00Z'), LEADS],
    [
      'is not known when the Lease may not be read',
      { kind: 'unread', why: 'forbidden' },
      'whether Sluice leads cannot be seen: forbidden',
    ],
  ];
  for (const [name, lease, want] of cases) it(name, () => expect(whoLeads([NONE, lease], NOW_MS)).to.equal(want));
});

function held(holderIdentity: string, renewTime: string): Read<JsonObject> {
  return { kind: 'read', value: { spec: { holderIdentity, renewTime, leaseDurationSeconds: 15 } } };
}
