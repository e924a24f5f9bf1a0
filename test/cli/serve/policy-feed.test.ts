import { expect } from 'chai';
import type { ConfigMapRecord } from '../../../src/api/records/config-map-record.ts';
import type { ConfigurationFeed } from '../../../src/cli/serve/config-map-feed.ts';
import type { ConfigMapPlace } from '../../../src/cli/serve/setting-places.ts';
import type { FeedBase } from '../../../src/cli/serve/config-map-feed.ts';
import { followPolicy } from '../../../src/cli/serve/policy-feed.ts';
import type { PolicyReading } from '../../../src/config/policy-source.ts';
import type { PolicyObject } from '../../../src/engine/policy/policy-keeper.ts';
import type { Change, ChangeHandler } from '../../../src/engine/ports.ts';
import { formatFieldError } from '../../../src/lib/field-error.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const GOOD = 'actions: allocate\ntiers: [{plugins: [{name: gang}, {name: predicates}, {name: proportion}]}]\n';

function configMap(data: Readonly<Record<string, string>>, uid = 'u1'): ConfigMapRecord {
  return { key: 'ns/conf', namespace: 'ns', name: 'conf', uid, data: new Map(Object.entries(data)) };
}

function inWords(reading: PolicyReading, object?: PolicyObject): string {
  const about = object === undefined ? '' : ` of ${object.uid}`;
  if (reading.kind === 'policy') return `policy ${reading.policy.actions.join()}${about}`;
  return `${reading.kind === 'errors' ? reading.errors.map(formatFieldError).join('; ') : reading.why}${about}`;
}

/** A worker whose watch the test plays. */
class Bench {
  readonly clock = new ManualClock();
  readonly taken: string[] = [];
  readonly followed: object[] = [];
  readonly feed: ConfigurationFeed;
  #handler: ((changes: readonly Change<ConfigMapRecord>[]) => void) | undefined;

  constructor() {
    const follow: FeedBase['follow'] = <T>({ namespace, name }: ConfigMapPlace, handler: ChangeHandler<T>) => {
      this.followed.push({ namespace, name });
      this.#handler = handler as unknown as ChangeHandler<ConfigMapRecord>;
      return () => undefined;
    };
    const keeper = { take: (...told: Parameters<typeof inWords>) => void this.taken.push(inWords(...told)) };
    const source = { kind: 'configMap', namespace: 'ns', name: 'conf' } as const;
    this.feed = followPolicy({ clock: this.clock, follow }, source, keeper);
  }

  tell(...changes: readonly Change<ConfigMapRecord>[]): void {
    this.#handler?.(changes);
  }
}

describe('following a ConfigMap', () => {
  const cases: readonly (readonly [string, readonly Change<ConfigMapRecord>[], string])[] = [
    ['an empty list', [{ kind: 'replace', records: [] }], 'there is no ConfigMap ns/conf'],
    ['a list', [{ kind: 'replace', records: [configMap({ 'a.conf': GOOD })] }], 'policy allocate of u1'],
    ['a change', [{ kind: 'upsert', record: configMap({ 'a.yaml': GOOD }) }], 'policy allocate of u1'],
    ['its end', [{ kind: 'delete', record: configMap({ 'a.conf': GOOD }) }], 'there is no ConfigMap ns/conf'],
    [
      'several changes at once: the last counts',
      [
        { kind: 'delete', record: configMap({}) },
        { kind: 'upsert', record: configMap({ 'a.conf': GOOD }, 'u2') },
      ],
      'policy allocate of u2',
    ],
    ['a text with mistakes', [{ kind: 'upsert', record: configMap({ 'a.conf': '[' }) }], 'line 1'],
    [
      'no key that it could be',
      [{ kind: 'upsert', record: configMap({ a: GOOD }) }],
      'data[volcano-scheduler.conf]: must',
    ],
  ];
  for (const [name, changes, want] of cases) {
    it(`hands on what it says: ${name}`, () => {
      const bench = new Bench();
      expect([bench.feed.isRead, ...bench.followed]).to.deep.equal([false, { namespace: 'ns', name: 'conf' }]);
      bench.tell(...changes);
      expect(bench.feed.isRead).to.equal(true);
      expect(bench.taken).to.have.length(1);
      expect(bench.taken[0]?.startsWith(want), bench.taken[0]).to.equal(true);
    });
  }

  it('keeps nobody waiting who could not read it in time, and takes it when it comes', () => {
    const bench = new Bench();
    bench.clock.advance(5000);
    expect([bench.feed.isRead, ...bench.taken]).to.deep.equal([true, 'ConfigMap ns/conf could not be read yet']);
    bench.tell({ kind: 'replace', records: [configMap({ 'a.conf': GOOD })] });
    expect(bench.taken.at(-1)).to.equal('policy allocate of u1');
  });

  it('says nothing of its patience once it was read, or stopped', () => {
    const bench = new Bench();
    bench.tell({ kind: 'replace', records: [] });
    bench.clock.advance(5000);
    expect(bench.taken).to.have.length(1);
    const stopped = new Bench();
    stopped.feed.stop();
    stopped.clock.advance(5000);
    expect(stopped.taken).to.deep.equal([]);
  });
});
