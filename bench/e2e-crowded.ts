import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { BINARY_NAMES } from '../test/control-plane/binary.ts';
import { ensureBinaries } from '../test/control-plane/build.ts';
import { writeCounts, writesPerPod } from './api-writes.ts';
import { benchmark } from './benchmark.ts';
import type { Settings } from './benchmark.ts';
import { Crowd } from './crowd.ts';
import type { Band } from './crowd.ts';
import { KUBE_SCHEDULER, KUBE_SCHEDULER_GANGS, sluice } from './e2e-contender.ts';
import type { Contender } from './e2e-contender.ts';
import { CPUS_PER_NODE, inArena } from './e2e-plane.ts';
import type { Figures } from './figures.ts';
import { median, rounded } from './figures.ts';

const SETTINGS = {
  nodes: { kind: 'number', fallback: 50, min: 1, max: 20_000, help: 'kwok nodes of 32 CPUs' },
  'pods-per-gang': { kind: 'number', fallback: 50, min: 1, max: 10_000, help: 'pods of each gang, of a CPU each' },
  connections: { kind: 'number', fallback: 32, min: 1, max: 1000, help: 'connections of the creator' },
  load: {
    kind: 'choice',
    fallback: 'waits',
    choices: ['waits', 'preempts', 'reclaims'],
    help: 'gangs that wait for others to end, of higher priority, or of another queue',
  },
  contenders: {
    kind: 'choice',
    fallback: 'all',
    choices: ['all', 'kube-scheduler', 'sluice'],
    help: 'who takes part',
  },
  repeat: { kind: 'number', fallback: 1, min: 1, max: 100, help: 'rounds of all contenders; medians are told' },
  'patience-seconds': { kind: 'number', fallback: 90, min: 1, max: 3600, help: 'after which a round is over' },
} as const;

type CrowdedSettings = Settings<typeof SETTINGS>;

/** More gangs than fit, side by side: waiting, preemption and reclaim through a real API server. */
export const CROWDED_BENCHMARK = benchmark(
  'e2e-crowded',
  'Gangs for which there is no room yet on a real API server: until the last of them is whole, with kube-scheduler and Sluice in turn.',
  SETTINGS,
  run,
);

/** Gangs in rounds of `waits`, in cluster sizes: three wait for one. */
const SIZES_THAT_WAIT = 4;
const EVICTING_CONFIG = fileURLToPath(new URL('./evicting.conf', import.meta.url));
/** Writes that follow an eviction come after the last binding. */
const AFTERMATH_MS = 3000;

async function run(settings: CrowdedSettings, say: (line: string) => void): Promise<Figures> {
  await ensureBinaries(BINARY_NAMES);
  const rounds = new Map<string, Figures[]>();
  for (let turn = 1; turn <= settings.repeat; turn += 1) {
    for (const contender of contendersOf(settings)) {
      const figures = await inArena(contender, settings.nodes, {}, async ({ plane }) => {
        const before = await writeCounts(plane);
        const crowd = new Crowd(plane, contender.style, settings['pods-per-gang'], settings.connections);
        try {
          const measured = await (settings.load === 'waits' ? waits(crowd, settings) : evicts(crowd, settings));
          return { ...measured, ...writesPerPod(before, await writeCounts(plane), crowd.created) };
        } finally {
          await crowd.close();
        }
      });
      rounds.set(contender.name, [...(rounds.get(contender.name) ?? []), figures]);
      say(`round ${turn} of ${settings.repeat}: ${contender.name} ${JSON.stringify(figures)}`);
    }
  }
  return Object.fromEntries([...rounds].map(([name, list]) => [name, medians(list)]));
}

/** kube-scheduler knows no queues that could take back. */
function contendersOf({ load, contenders }: CrowdedSettings): readonly Contender[] {
  const own = sluice('sluice', '', load === 'waits' ? undefined : EVICTING_CONFIG);
  const all = load === 'reclaims' ? [own] : [KUBE_SCHEDULER, KUBE_SCHEDULER_GANGS, own];
  return contenders === 'all' ? all : all.filter(({ name }) => (name === own.name) === (contenders === 'sluice'));
}

function gangsThatFit({ nodes, 'pods-per-gang': podsPerGang }: CrowdedSettings): number {
  return Math.max(2, Math.floor((nodes * CPUS_PER_NODE) / podsPerGang));
}

/** All gangs come at once, and each ends as soon as it is whole. */
async function waits(crowd: Crowd, settings: CrowdedSettings): Promise<Figures> {
  const gangs = SIZES_THAT_WAIT * gangsThatFit(settings);
  await crowd.open({ endsWhenWhole: true });
  return untilWhole(crowd, { prefix: 'wait', gangs }, settings);
}

/** The cluster is full of gangs that may go; half as many come that may take their room. */
async function evicts(crowd: Crowd, settings: CrowdedSettings): Promise<Figures> {
  const fitting = gangsThatFit(settings);
  const [low, high] = BANDS[settings.load === 'reclaims' ? 'reclaims' : 'preempts'];
  await crowd.open({ endsWhenWhole: false, ...(settings.load === 'reclaims' ? { queues: ['lender', 'owner'] } : {}) });
  await crowd.create({ prefix: 'low', gangs: fitting, ...low });
  await crowd.wholeWithin(settings['patience-seconds'] * 1000, fitting);
  const before = crowd.gone;
  const figures = await untilWhole(
    crowd,
    { prefix: 'high', gangs: Math.floor(fitting / 2), ...high },
    settings,
    fitting,
  );
  await sleep(AFTERMATH_MS);
  const needed = Math.floor(fitting / 2) * settings['pods-per-gang'];
  return { ...figures, podsNeeded: needed, podsGone: crowd.gone - before, brokenGangs: crowd.broken };
}

const BANDS: Readonly<Record<'preempts' | 'reclaims', readonly [Partial<Band>, Partial<Band>]>> = {
  preempts: [{ priorityClassName: 'low' }, { priorityClassName: 'high' }],
  reclaims: [{ queue: 'lender' }, { queue: 'owner' }],
};

async function untilWhole(crowd: Crowd, band: Band, settings: CrowdedSettings, before = 0): Promise<Figures> {
  const start = performance.now();
  const [isAll] = await Promise.all([
    crowd.wholeWithin(settings['patience-seconds'] * 1000, before + band.gangs),
    crowd.create(band),
  ]);
  const seconds = rounded((performance.now() - start) / 1000, 2);
  const whole = crowd.whole - before;
  const podsPerSecond = rounded((whole * settings['pods-per-gang']) / seconds, 1);
  return {
    gangs: band.gangs,
    wholeGangs: whole,
    ...(isAll ? { seconds, podsPerSecond } : { gaveUpAfterSeconds: seconds }),
  };
}

function medians(list: readonly Figures[]): Figures {
  const names = new Set(list.flatMap((figures) => Object.keys(figures)));
  const valuesOf = (name: string): number[] => list.map((figures) => Number(figures[name] ?? NaN));
  return Object.fromEntries(
    [...names].map((name) => [name, median(valuesOf(name).filter((value) => !Number.isNaN(value)))]),
  );
}
