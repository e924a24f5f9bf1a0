import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect } from 'chai';
import { METRIC_TABLE } from '../../src/adapters/metric-table.ts';
import type { MetricRow } from '../../src/adapters/metric-table.ts';
import { createMetrics, mergeSnapshots } from '../../src/adapters/metrics.ts';
import type { ThreadMetrics } from '../../src/adapters/metrics.ts';
import { metricsPage } from '../../tools/generators/metrics.ts';
import { QUIET_LOG } from '../support/quiet-log.ts';

const TABLE: readonly MetricRow[] = [
  { name: 'sluice_things_total', kind: 'counter', help: 'Things.', labels: ['color'] },
  { name: 'sluice_room', kind: 'gauge', help: 'Room.', labels: [], merge: 'sum' },
  { name: 'sluice_leader', kind: 'gauge', help: 'Leads.', labels: [], merge: 'max' },
  { name: 'sluice_wait_milliseconds', kind: 'histogram', help: 'Wait.', labels: [], buckets: [1, 10] },
];

describe('metrics', () => {
  it('merge the values of several threads as the table says', async () => {
    const [a, b] = [make(), make()];
    a.count('sluice_things_total', { color: 'red' });
    b.count('sluice_things_total', { color: 'red' }, 4);
    for (const thread of [a, b]) {
      thread.gauge('sluice_room', {}, 3);
      thread.gauge('sluice_leader', {}, 1);
      thread.observe('sluice_wait_milliseconds', {}, 5);
    }
    const lines = (await textOf(a, b)).split('\n');
    expect(lines).to.include.members([
      'sluice_things_total{color="red"} 5',
      'sluice_room 6',
      'sluice_leader 1',
      'sluice_wait_milliseconds_bucket{le="1"} 0',
      'sluice_wait_milliseconds_bucket{le="10"} 2',
      'sluice_wait_milliseconds_sum 10',
    ]);
  });

  it('have snapshots that can be posted to another thread', async () => {
    const { port1, port2 } = new MessageChannel();
    const thread = make();
    thread.count('sluice_things_total', { color: 'red' });
    port1.postMessage(await thread.snapshot());
    const received: { message: object[] } | undefined = receiveMessageOnPort(port2);
    port1.close();
    expect(await mergeSnapshots([received?.message ?? []])).to.contain('sluice_things_total{color="red"} 1');
  });

  it('drop the series of what is gone, and no other', async () => {
    const table: readonly MetricRow[] = [
      ...TABLE,
      { name: 'sluice_full', kind: 'gauge', help: 'Full.', labels: ['room', 'what'] },
    ];
    const thread = createMetrics({ log: QUIET_LOG, strict: true, table });
    for (const room of ['red', 'blue']) thread.gauge('sluice_full', { room, what: 'chairs' }, 1);
    thread.gauge('sluice_full', { room: 'red', what: 'tables' }, 1);
    thread.count('sluice_things_total', { color: 'red' });
    thread.drop('room', 'red');
    thread.drop('color', 'red');
    await thread.snapshot();
    const lines = (await textOf(thread)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).to.deep.equal(['sluice_full{room="blue",what="chairs"} 1', 'sluice_things_total{color="red"} 1']);
  });

  const mistakes: readonly { name: string; record: (metrics: ThreadMetrics) => void }[] = [
    { name: 'is not in the table', record: (metrics) => metrics.count('sluice_unheard_of_total', {}) },
    { name: 'is of another kind', record: (metrics) => metrics.gauge('sluice_things_total', { color: 'red' }, 1) },
    { name: 'has no such label', record: (metrics) => metrics.count('sluice_things_total', { size: 'big' }) },
    {
      name: 'is given no number',
      record: (metrics) => metrics.gauge('sluice_room', {}, Number.NaN - 0 || JSON.parse('"x"')),
    },
  ];
  for (const tc of mistakes) {
    it(`throw in tests when a metric ${tc.name}`, () => {
      expect(() => tc.record(make())).to.throw(/Cannot record the metric/);
    });

    it(`complain once in production when a metric ${tc.name}`, () => {
      const complaints: string[] = [];
      const log = { ...QUIET_LOG, error: (message: string) => void complaints.push(message) };
      const metrics = createMetrics({ log, strict: false, table: TABLE });
      tc.record(metrics);
      tc.record(metrics);
      expect(complaints).to.have.length(1);
    });
  }

  it('show what is 0 from the start in the main thread, and count on from there', async () => {
    const fromZero = [{ color: 'red' }, { color: 'blue' }];
    const table = TABLE.map((row) => (row.name === 'sluice_things_total' ? { ...row, fromZero } : row));
    const main = createMetrics({ log: QUIET_LOG, strict: true, table, withProcess: true });
    const thread = createMetrics({ log: QUIET_LOG, strict: true, table });
    thread.count('sluice_things_total', { color: 'red' }, 2);
    expect(await textOf(main, thread))
      .to.contain('{color="red"} 2')
      .and.contain('{color="blue"} 0');
    expect(await textOf(thread)).to.not.contain('blue');
  });

  it('show the process only where asked', async () => {
    const main = createMetrics({ log: QUIET_LOG, strict: true, table: TABLE, withProcess: true });
    expect(await textOf(main)).to.contain('process_cpu_seconds_total');
    expect(await textOf(make())).to.not.contain('process_');
  });
});

describe('the table of metrics', () => {
  it('has each name once', () => {
    const names = METRIC_TABLE.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
  });

  for (const row of METRIC_TABLE) {
    it(`${row.name} follows Prometheus' habits`, () => {
      expect(row.name).to.match(/^(volcano|sluice)_[a-z][a-z0-9_]*$/);
      if (row.name.startsWith('sluice_')) expect(row.name.endsWith('_total')).to.equal(row.kind === 'counter');
      expect(row.kind === 'histogram').to.equal(row.buckets !== undefined);
      expect(row.help).to.match(/^[A-Z1].*\.$/);
    });
  }

  it('is shown whole in the documentation', () => {
    const page = metricsPage(METRIC_TABLE);
    const missing = METRIC_TABLE.filter(({ name }) => page.split(`| \`${name}\` |`).length !== 2);
    expect(missing).to.deep.equal([]);
  });
});

function make(): ThreadMetrics {
  return createMetrics({ log: QUIET_LOG, strict: true, table: TABLE });
}

async function textOf(...threads: readonly ThreadMetrics[]): Promise<string> {
  return mergeSnapshots(await Promise.all(threads.map((thread) => thread.snapshot())));
}
