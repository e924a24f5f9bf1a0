import { expect } from 'chai';
import type { ConfigMapRecord } from '../../../src/api/records/config-map-record.ts';
import type { FeedBase } from '../../../src/cli/serve/config-map-feed.ts';
import { GeometryFeed } from '../../../src/cli/serve/geometry-feed.ts';
import type { ConfigMapPlace } from '../../../src/cli/serve/setting-places.ts';
import type { Change, ChangeHandler } from '../../../src/engine/ports.ts';
import { cardPolicy } from '../../support/card-records.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { A100_GEOMETRIES, deviceConfig } from '../../support/mig-geometries.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';

const VGPU = cardPolicy({ VGPUEnable: true });

function said(text: string): Change<ConfigMapRecord> {
  const data = new Map([['device-config.yaml', text]]);
  return { kind: 'upsert', record: { key: 'kube-system/cut', namespace: 'kube-system', name: 'cut', uid: 'u', data } };
}

/** A worker whose watches the test plays, and all that came of it. */
class Bench {
  readonly clock = new ManualClock();
  readonly done: string[] = [];
  readonly feed: GeometryFeed;
  #handler: ChangeHandler<ConfigMapRecord> | undefined;

  constructor() {
    const follow: FeedBase['follow'] = <T>({ namespace, name }: ConfigMapPlace, handler: ChangeHandler<T>) => {
      this.done.push(`follow ${namespace}/${name}`);
      this.#handler = handler as unknown as ChangeHandler<ConfigMapRecord>;
      return () => void this.done.push(`leave ${namespace}/${name}`);
    };
    this.feed = new GeometryFeed(
      { clock: this.clock, follow, log: QUIET_LOG },
      { take: (source, { value, complaint }) => void this.done.push(`${source}: ${value?.length} ${complaint?.code}`) },
    );
  }

  tell(change: Change<ConfigMapRecord>): void {
    this.#handler?.([change]);
  }
}

describe('the ConfigMap that says how cards are cut', () => {
  const PLACE = 'kube-system/volcano-vgpu-device-config';

  it('is followed while vGPUs are given out, under the name that the configuration has for it', () => {
    const { feed, done } = new Bench();
    feed.see(cardPolicy({ GPUSharingEnable: true }));
    expect([done, feed.isRead]).to.deep.equal([[], true]);
    feed.see(VGPU);
    feed.see(cardPolicy({ VGPUEnable: true, SchedulePolicy: 'spread' }));
    feed.see(cardPolicy({ VGPUEnable: true, KnownGeometriesCMName: 'cut' }));
    feed.see(cardPolicy({}));
    expect(done).to.deep.equal([
      `follow ${PLACE}`,
      `leave ${PLACE}`,
      'follow kube-system/cut',
      'leave kube-system/cut',
    ]);
  });

  it('is what it says, keeps what it said while it has mistakes, and says nothing once it is gone', () => {
    const bench = new Bench();
    bench.feed.see(VGPU);
    bench.tell(said(deviceConfig(A100_GEOMETRIES)));
    bench.tell(said('nvidia: { knownMigGeometries: 7 }'));
    bench.tell({ kind: 'replace', records: [] });
    expect(bench.done.slice(1)).to.deep.equal(
      ['1 undefined', '1 ConfigurationRefused', 'undefined undefined'].map((each) => `ConfigMap ${PLACE}: ${each}`),
    );
  });

  it('holds a start up until it is read, and not for long where it cannot be', () => {
    for (const end of ['read', 'late'] as const) {
      const bench = new Bench();
      bench.feed.see(VGPU);
      expect(bench.feed.isRead).to.equal(false);
      if (end === 'read') bench.tell({ kind: 'replace', records: [] });
      else bench.clock.advance(5000);
      expect(bench.feed.isRead).to.equal(true);
      bench.feed.see(cardPolicy({ VGPUEnable: true, KnownGeometriesCMName: 'cut' }));
      expect(bench.feed.isRead, 'nobody who works already is held up').to.equal(true);
    }
  });
});
