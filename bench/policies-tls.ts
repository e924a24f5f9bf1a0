import { benchmark } from './benchmark.ts';
import type { Settings } from './benchmark.ts';
import type { Figures } from './figures.ts';
import { HelperProcess } from './helper-process.ts';
import { measure } from './webhook.ts';
import type { ServerHandle } from './webhook.ts';

const SETTINGS = {
  policies: { kind: 'number', fallback: 100, min: 1, max: 10_000, help: 'policies, each for ten kinds' },
  matching: { kind: 'number', fallback: 3, min: 0, max: 10_000, help: 'of these, so many are for the pods' },
  rate: { kind: 'number', fallback: 1000, min: 1, max: 50_000, help: 'reviews a second' },
  seconds: { kind: 'number', fallback: 10, min: 1, max: 3600, help: 'measured for so long, each variant' },
  'warm-up': { kind: 'number', fallback: 3, min: 0, max: 600, help: 'seconds at the same rate that do not count' },
  connections: { kind: 'number', fallback: 25, min: 1, max: 1000, help: 'keep-alive connections' },
} as const;

/** What policies add to a review as the API server sees it: over TLS and HTTP, with all that is read and written. */
export const POLICIES_TLS_BENCHMARK = benchmark(
  'policies-tls',
  'The load of `webhook` alone, with no policy and with many of which some are for the pods: p99, and CPU of a review.',
  SETTINGS,
  run,
);

async function run(settings: Settings<typeof SETTINGS>, say: (line: string) => void): Promise<Figures> {
  const variants: Record<string, Figures> = {};
  for (const [name, count, matching] of [
    ['without', 0, 0],
    ['forOthers', settings.policies, 0],
    ['forThePod', settings.policies, settings.matching],
  ] as const) {
    say(name);
    variants[name] = await withPolicies(count, matching, settings);
  }
  return variants;
}

/** A server of its own, so that no variant runs on code that another one warmed. */
async function withPolicies(count: number, matching: number, settings: Settings<typeof SETTINGS>): Promise<Figures> {
  const server: ServerHandle = new HelperProcess(new URL('./webhook-server-process.ts', import.meta.url), {
    args: [String(count), String(matching)],
  });
  try {
    const { port, bundlePem } = await server.next('listening');
    return await measure(server, {
      port,
      bundlePem,
      ratePerSecond: settings.rate,
      pattern: 'poisson',
      connections: settings.connections,
      warmUpMs: settings['warm-up'] * 1000,
      measureMs: settings.seconds * 1000,
      seed: 1,
    });
  } finally {
    await server.stop();
  }
}
