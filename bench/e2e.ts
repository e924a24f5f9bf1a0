import { BINARY_NAMES } from '../test/control-plane/binary.ts';
import { ensureBinaries } from '../test/control-plane/build.ts';
import { benchmark } from './benchmark.ts';
import type { Settings } from './benchmark.ts';
import { BARE_LIMIT, KUBE_SCHEDULER, KUBE_SCHEDULER_GANGS, sluice } from './e2e-contender.ts';
import type { Contender } from './e2e-contender.ts';
import { WORKLOADS } from './e2e-link.ts';
import { runRound } from './e2e-round.ts';
import type { Round, RoundSettings } from './e2e-round.ts';
import type { Figures } from './figures.ts';
import { median, rounded } from './figures.ts';

const SETTINGS = {
  nodes: { kind: 'number', fallback: 1000, min: 1, max: 20_000, help: 'kwok nodes of 32 CPUs' },
  gangs: { kind: 'number', fallback: 100, min: 1, max: 10_000, help: 'gangs' },
  'pods-per-gang': { kind: 'number', fallback: 50, min: 1, max: 10_000, help: 'pods of each' },
  'warm-up-gangs': { kind: 'number', fallback: 30, min: 0, max: 1000, help: 'gangs placed before the clock starts' },
  connections: { kind: 'number', fallback: 32, min: 1, max: 1000, help: 'connections of the creating process' },
  workload: {
    kind: 'choice',
    fallback: 'pods',
    choices: WORKLOADS,
    help: "pods with their PodGroups, Jobs, or Jobs of Volcano's",
  },
  webhooks: {
    kind: 'choice',
    fallback: 'both',
    choices: ['on', 'off', 'both'],
    help: 'with or without webhooks, for Sluice',
  },
  contenders: {
    kind: 'choice',
    fallback: 'all',
    choices: ['all', 'bare', 'kube-scheduler', 'sluice'],
    help: 'who takes part',
  },
  repeat: { kind: 'number', fallback: 1, min: 1, max: 100, help: 'rounds of all contenders; medians are told' },
  profile: { kind: 'text', fallback: '', help: 'folder for CPU profiles of Sluice and the API server' },
} as const;

type E2eSettings = Settings<typeof SETTINGS>;

/** Gangs through a real API server: Sluice, kube-scheduler and the bare limit, each on a control plane of its own. */
export const E2E_BENCHMARK = benchmark(
  'e2e',
  'From the first create to the last binding on a real API server: the bare limit, kube-scheduler and Sluice in turn.',
  SETTINGS,
  run,
);

async function run(settings: E2eSettings, say: (line: string) => void): Promise<Figures> {
  await ensureBinaries(BINARY_NAMES);
  const contenders = contendersOf(settings);
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  for (let turn = 1; turn <= settings.repeat; turn += 1) {
    for (const contender of contenders) {
      const round = await runRound(contender, roundSettings(settings));
      rounds.get(contender.name)?.push(round);
      say(`round ${turn} of ${settings.repeat}: ${contender.name} ${round.podsPerSecond} pods/s`);
    }
  }
  return summary(rounds);
}

function roundSettings(settings: E2eSettings): RoundSettings {
  const { nodes, gangs, connections } = settings;
  const workload = WORKLOADS.find((one) => one === settings.workload) ?? 'pods';
  return {
    nodes,
    gangs,
    connections,
    workload,
    podsPerGang: settings['pods-per-gang'],
    warmUpGangs: settings['warm-up-gangs'],
    profileFolder: settings.profile,
  };
}

function contendersOf({ contenders, webhooks, workload, profile }: E2eSettings): readonly Contender[] {
  if (workload === 'vcjobs') return contenders === 'bare' ? [BARE_LIMIT] : [BARE_LIMIT, sluice('sluice', profile)];
  const isJobs = workload === 'jobs';
  // Jobs are planned by their webhook and created by the job controller: neither of the two makes sense for them.
  const all = [
    ...(isJobs ? [] : [BARE_LIMIT]),
    KUBE_SCHEDULER,
    ...(isJobs ? [] : [KUBE_SCHEDULER_GANGS]),
    ...(webhooks === 'off' ? [] : [sluice('sluice', profile)]),
    ...(webhooks === 'off' || isJobs ? [] : [sluice('sluiceEachPodReviewed', profile)]),
    ...(webhooks === 'on' || isJobs ? [] : [sluice('sluiceWithoutWebhooks', profile)]),
  ];
  if (contenders === 'bare') return [BARE_LIMIT];
  if (contenders === 'kube-scheduler') return all.filter(({ name }) => name.startsWith('kubeScheduler'));
  return contenders === 'all' ? all : all.filter(({ name }) => name.startsWith('sluice'));
}

/** Medians over the rounds; everything else is told of the round that lies nearest to its contender's median. */
function summary(rounds: ReadonlyMap<string, readonly Round[]>): Figures {
  const rates = new Map([...rounds].map(([name, list]) => [name, medianRate(list)]));
  const [own, kubeScheduler, bare] = ['sluice', KUBE_SCHEDULER.name, BARE_LIMIT.name].map((name) => rates.get(name));
  const typicals = [...rounds].flatMap(([name, list]) => typical(name, list));
  return {
    ...only({ podsPerSecond: own, kubeSchedulerPodsPerSecond: kubeScheduler, bareLimitPodsPerSecond: bare }),
    ...only({ ratioToKubeScheduler: ratio(own, kubeScheduler), ratioToBareLimit: ratio(own, bare) }),
    contenders: Object.fromEntries([...rounds].map(([name, list]) => [name, comparison(list, kubeScheduler, bare)])),
    writesPerPod: Object.fromEntries(typicals.map(([name, round]) => [name, round.writesPerPod])),
    cpuSeconds: Object.fromEntries(typicals.map(([name, round]) => [name, round.cpuSeconds])),
    details: Object.fromEntries(typicals.map(([name, round]) => [name, round.figures])),
  };
}

function comparison(list: readonly Round[], kubeScheduler: number | undefined, bare: number | undefined): Figures {
  const rate = medianRate(list);
  return {
    podsPerSecond: rate,
    ...only({ ratioToKubeScheduler: ratio(rate, kubeScheduler), ratioToBareLimit: ratio(rate, bare) }),
    rounds: list.map((round) => round.podsPerSecond),
  };
}

function medianRate(list: readonly Round[]): number {
  return rounded(median(list.map((round) => round.podsPerSecond)), 1);
}

/** The round whose rate lies nearest to the median. */
function typical(name: string, list: readonly Round[]): readonly (readonly [string, Round])[] {
  const middle = medianRate(list);
  const distance = (round: Round): number => Math.abs(round.podsPerSecond - middle);
  return list
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, 1)
    .map((round) => [name, round] as const);
}

function only(values: Readonly<Record<string, number | undefined>>): Figures {
  const known = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(known);
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : rounded(a / b, 2);
}
