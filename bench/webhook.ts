import { ENGINE_NICENESS } from '../src/adapters/thread-priority.ts';
import { benchmark } from './benchmark.ts';
import type { Settings } from './benchmark.ts';
import type { ArrivalPattern } from './arrivals.ts';
import type { Figures } from './figures.ts';
import { rounded } from './figures.ts';
import { HelperProcess } from './helper-process.ts';
import { outrankMeasured } from './priority.ts';
import { machineCpu, processCpuSeconds } from './proc.ts';
import type {
  HostileQuestion,
  HostileReport,
  HostileStart,
  LoadReport,
  LoadStart,
  ServerOrder,
  ServerReport,
  ServerSample,
} from './webhook-link.ts';

const SETTINGS = {
  rate: { kind: 'number', fallback: 1000, min: 1, max: 50_000, help: 'reviews a second' },
  seconds: { kind: 'number', fallback: 10, min: 1, max: 3600, help: 'measured for so long, each variant' },
  'warm-up': { kind: 'number', fallback: 3, min: 0, max: 600, help: 'seconds at the same rate that do not count' },
  connections: {
    kind: 'number',
    fallback: 25,
    min: 1,
    max: 1000,
    help: 'keep-alive connections, as an API server keeps',
  },
  arrivals: {
    kind: 'choice',
    fallback: 'poisson',
    choices: ['poisson', 'even'],
    help: 'how reviews follow one another',
  },
  attackers: { kind: 'number', fallback: 4, min: 1, max: 100, help: 'connections that send hostile reviews' },
  nodes: { kind: 'number', fallback: 5000, min: 1, max: 100_000, help: 'nodes of the busy core' },
  pods: { kind: 'number', fallback: 100_000, min: 0, max: 1_000_000, help: 'pods that the busy core holds' },
  churn: { kind: 'number', fallback: 2000, min: 1, max: 100_000, help: 'pods that end and come in each cycle' },
  'v8-flags': { kind: 'text', fallback: '', help: 'flags of V8 for the server process, to try their effect' },
  rest: { kind: 'number', fallback: 1, min: 0, max: 100, help: "rest after a cycle, in cycle lengths; serve's is 1" },
  niceness: {
    kind: 'number',
    fallback: ENGINE_NICENESS,
    min: 0,
    max: 19,
    help: "how far the core's thread stands back",
  },
} as const;

/** Reviews over TLS at a fixed rate: the webhook alone, beside the core as in production, and beside one that never rests. */
export const WEBHOOK_BENCHMARK = benchmark(
  'webhook',
  'Open-loop TLS load of pod reviews of 3 KB and 7.6 KB: alone, beside the working core, beside a core without rest.',
  SETTINGS,
  run,
);

/** The process under measurement. */
export type ServerHandle = HelperProcess<ServerOrder, ServerReport>;

async function run(settings: Settings<typeof SETTINGS>, say: (line: string) => void): Promise<Figures> {
  const server: ServerHandle = new HelperProcess(new URL('./webhook-server-process.ts', import.meta.url), {
    execArgv: settings['v8-flags'].split(' ').filter((flag) => flag !== ''),
  });
  try {
    const listening = await server.next('listening');
    const load = loadStart(settings, listening);
    say(`alone, ${settings['warm-up']} + ${settings.seconds} s`);
    const alone = await measure(server, load);
    const variants: Record<string, Figures> = { alone };
    say('under attack');
    variants['attacked'] = await underAttack(settings['attackers'], load, () => measure(server, load));
    for (const [name, rest, niceness] of [
      // What the lower rank brings. First, since V8's helpers keep a lower rank once they have it.
      ['coreWithoutRestAtSameRank', 0, 0],
      ['coreBusy', settings.rest, settings.niceness],
      ['coreWithoutRest', 0, settings.niceness],
    ] as const) {
      const { nodes, pods, churn } = settings;
      const started = server.next('coreStarted');
      server.send({ kind: 'startCore', settings: { nodes, pods, churn, rest, niceness } });
      await started;
      say(name);
      variants[name] = await measure(server, load);
      const stopped = server.next('coreStopped');
      server.send({ kind: 'stopCore' });
      await stopped;
    }
    return variants;
  } finally {
    await server.stop();
  }
}

/** Beside those who send such Jobs all the time. */
async function underAttack(
  connections: number,
  { port, bundlePem }: LoadStart,
  measured: () => Promise<Figures>,
): Promise<Figures> {
  const attackers = new HelperProcess<HostileStart | HostileQuestion, HostileReport>(
    new URL('./webhook-hostile-process.ts', import.meta.url),
  );
  try {
    const attacking = attackers.next('attacking');
    attackers.send({ port, bundlePem, connections });
    await attacking;
    const figures = await measured();
    const answered = attackers.next('answered');
    attackers.send({ kind: 'howMany' });
    return { ...figures, hostileReviews: (await answered).answered };
  } finally {
    await attackers.stop();
  }
}

function loadStart(
  settings: Settings<typeof SETTINGS>,
  server: { readonly port: number; readonly bundlePem: string },
): LoadStart {
  return {
    port: server.port,
    bundlePem: server.bundlePem,
    ratePerSecond: settings.rate,
    pattern: patternOf(settings.arrivals),
    connections: settings.connections,
    warmUpMs: settings['warm-up'] * 1000,
    measureMs: settings.seconds * 1000,
    seed: 1,
  };
}

function patternOf(text: string): ArrivalPattern {
  return text === 'even' ? 'even' : 'poisson';
}

/** One variant; the load comes from a fresh process each time, so that none inherits another's connections. */
export async function measure(server: ServerHandle, start: LoadStart): Promise<Figures> {
  const load = new HelperProcess<LoadStart, LoadReport>(new URL('./webhook-load-process.ts', import.meta.url));
  try {
    const measuring = load.next('measuring');
    const done = load.next('done');
    const generatorPriority = await outrankMeasured(load.pid);
    load.send(start);
    await measuring;
    const [before, othersBefore] = [await sample(server), await othersSpent([load.pid, server.pid])];
    const { figures, reviews } = await done;
    const [after, others] = [await sample(server), await othersSpent([load.pid, server.pid])];
    const seconds = start.measureMs / 1000;
    return {
      ...figures,
      generatorPriority,
      ...serverFigures(before, after, reviews, seconds),
      otherCpuShare: rounded((others.other - othersBefore.other) / seconds, 2),
      stolenCpuShare: rounded((others.stolen - othersBefore.stolen) / seconds, 2),
    };
  } finally {
    await load.stop();
  }
}

async function sample(server: ServerHandle): Promise<ServerSample> {
  const answer = server.next('sample');
  server.send({ kind: 'sample' });
  return (await answer).sample;
}

function serverFigures(before: ServerSample, after: ServerSample, reviews: number, seconds: number): Figures {
  const spent = (key: keyof ServerSample): number => after[key] - before[key];
  return {
    cpuMicrosPerReview: rounded(spent('webhookCpuMicros') / reviews, 1),
    processCpuMicrosPerReview: rounded(spent('processCpuMicros') / reviews, 1),
    processCpuShare: rounded(spent('processCpuMicros') / (seconds * 1e6), 2),
    coreCpuShare: rounded(spent('engineCpuMicros') / (seconds * 1e6), 2),
    coreCyclesPerSecond: rounded(spent('cycles') / seconds, 1),
    corePodsPerSecond: Math.round(spent('placedPods') / seconds),
    coreLongestCycleMs: rounded(after.longestCycleMs, 1),
    serverRssMiB: Math.round(after.rssMiB),
  };
}

/** CPU seconds that went to anybody but the two processes, and those that the host took away: how quiet the machine was. */
async function othersSpent(pids: readonly number[]): Promise<{ readonly other: number; readonly stolen: number }> {
  const { busySeconds, stolenSeconds } = await machineCpu();
  const own = await Promise.all(pids.map(processCpuSeconds));
  return { other: busySeconds - own.reduce((sum, seconds) => sum + seconds, 0), stolen: stolenSeconds };
}
