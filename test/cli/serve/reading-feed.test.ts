import { expect } from 'chai';
import type { ConfigMapRecord } from '../../../src/api/records/config-map-record.ts';
import type { Setting } from '../../../src/api/controller-settings.ts';
import { followReading } from '../../../src/cli/serve/reading-feed.ts';
import type { Change, ChangeHandler } from '../../../src/engine/ports.ts';
import { fieldError } from '../../../src/lib/field-error.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';

type News = Change<ConfigMapRecord>;

function said(text: string, key = 'a.yaml'): News {
  const record = { key: 'ns/conf', namespace: 'ns', name: 'conf', uid: 'u', data: new Map([[key, text]]) };
  return { kind: 'upsert', record };
}
const GONE: News = { kind: 'replace', records: [] };

/** A number is what it should say, 0 says nothing, and above 9 it is too much. */
function read(raw: unknown) {
  const error = fieldError('n', 'FieldValueInvalid', raw, 'wrong');
  if (typeof raw !== 'number') return { kind: 'errors', errors: [error] } as const;
  return { kind: 'value', value: raw === 0 ? undefined : Math.min(raw, 9), trimmed: raw > 9 ? [error] : [] } as const;
}

/** What is handed over, one after the other. */
function handedOver(whenGone: 'stays' | 'ends', news: readonly News[], lateMs = 0): readonly string[] {
  let handle: ChangeHandler<ConfigMapRecord> | undefined;
  const clock = new ManualClock();
  const follow = <T>(_: object, handler: ChangeHandler<T>): (() => void) => {
    handle = handler as unknown as ChangeHandler<ConfigMapRecord>;
    return () => undefined;
  };
  const taken: string[] = [];
  const take = ({ value, complaint }: Setting<number>): void => {
    taken.push(`${value}${complaint === undefined ? '' : ` ${complaint.code} ${complaint.object.name}`}`);
  };
  const followed = { what: 'thing', key: /^a\.yaml$/, read, fields: () => ({}), whenGone };
  followReading({ clock, follow, log: QUIET_LOG }, { namespace: 'ns', name: 'conf' }, followed, take);
  clock.advance(lateMs);
  for (const one of news) handle?.([one]);
  return taken;
}

describe('a configuration that is followed', () => {
  const rows: Readonly<Record<string, readonly ['stays' | 'ends', readonly News[], readonly string[]]>> = {
    'is what its ConfigMap says, each time': ['ends', [said('1'), said('2')], ['1', '2']],
    'stays as it was while there are mistakes': [
      'ends',
      [said('1'), said('x'), said('2')],
      ['1', '1 ConfigurationRefused conf', '2'],
    ],
    'is in force without the parts that nobody acts on': ['ends', [said('12')], ['9 ConfigurationTrimmed conf']],
    'is refused where it is no YAML': ['ends', [said('[')], ['undefined ConfigurationRefused conf']],
    'ends with its ConfigMap': ['ends', [said('1'), GONE], ['1', 'undefined']],
    'stays when its ConfigMap goes, where it is said so': ['stays', [said('1'), GONE, said('2')], ['1', '2']],
    'says nothing before it says something': ['stays', [GONE, said('0'), said('1')], ['undefined', 'undefined', '1']],
  };
  for (const [name, [whenGone, news, want]] of Object.entries(rows)) {
    it(name, () => expect(handedOver(whenGone, news)).to.deep.equal(want));
  }

  it('says nothing where it cannot be read in time, and is taken when it comes', () => {
    expect(handedOver('stays', [said('1')], 5000)).to.deep.equal(['undefined', '1']);
  });
});
