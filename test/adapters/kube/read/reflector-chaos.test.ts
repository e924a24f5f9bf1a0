import { expect } from 'chai';
import { createSystemClock } from '../../../../src/adapters/clock.ts';
import { fixedConnection } from '../../../../src/adapters/kube/connect/connection.ts';
import { createKubeHttp } from '../../../../src/adapters/kube/connect/http-client.ts';
import { createReflector } from '../../../../src/adapters/kube/read/reflector.ts';
import { createSystemRandomness } from '../../../../src/adapters/randomness.ts';
import { PODS } from '../../../../src/api/resources.ts';
import type { Change } from '../../../../src/engine/ports.ts';
import { compareResourceVersions } from '../../../../src/lib/resource-version.ts';
import { ChaosApi } from '../../../support/chaos-api.ts';
import { QUIET_LOG } from '../../../support/quiet-log.ts';
import { RecordingMetrics } from '../../../support/recording-metrics.ts';
import { projectItem } from '../../../support/reflector-bench.ts';
import type { Item } from '../../../support/reflector-bench.ts';
import { until } from '../../../support/until.ts';

/** At least so many of each before the server heals. */
const CHANGES = 200;
const FAULTS = 25;

describe('reflector under random faults', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`has exactly the server's names and versions once the faults end: seed ${seed}`, async () => {
      const api = await ChaosApi.start(seed);
      const http = createKubeHttp(fixedConnection({ server: api.url, insecure: false }));
      const view = new Map<string, string>();
      const errors: string[] = [];
      const reflector = createReflector<Item>({
        http,
        type: PODS,
        project: projectItem,
        keyOf: (item) => item.key,
        handler: (changes) => errors.push(...changes.flatMap((change) => apply(view, change))),
        clock: createSystemClock(),
        randomness: createSystemRandomness(),
        metrics: new RecordingMetrics(),
        log: QUIET_LOG,
        onFatal: (error) => errors.push(error.message),
        timings: { backoffMinMs: 2, backoffMaxMs: 20, idleLimitMs: 100, listSilenceMs: 80 },
      });
      reflector.start();
      for (let made = 0; made < CHANGES || api.faults < FAULTS; made += 1) {
        api.change();
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      api.heal();
      await until(() => asText(view) === asText(api.versions));
      await reflector.stop();
      await http.close();
      await api.stop();
      expect(errors).to.deep.equal([]);
    });
  }
});

/** Applies a change as a cache does, and tells what a cache should never see. */
function apply(view: Map<string, string>, change: Change<Item>): readonly string[] {
  if (change.kind === 'replace') {
    view.clear();
    for (const { key, version } of change.records) view.set(nameOf(key), version);
    return [];
  }
  const { key, version } = change.record;
  const name = nameOf(key);
  const known = view.get(name);
  if (change.kind === 'delete') return view.delete(name) ? [] : [`${name} was deleted and is not there`];
  view.set(name, version);
  return known !== undefined && compareResourceVersions(version, known) <= 0 ? [`${name} went back to ${version}`] : [];
}

function nameOf(key: string): string {
  return key.slice('ns/'.length);
}

function asText(versions: ReadonlyMap<string, string>): string {
  return [...versions]
    .map(([name, version]) => `${name}@${version}`)
    .toSorted()
    .join(' ');
}
