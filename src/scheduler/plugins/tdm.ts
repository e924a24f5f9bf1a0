import type { PluginArguments } from '../../config/policy.ts';
import { dailyHours } from '../../lib/daily-hours.ts';
import type { DailyHours } from '../../lib/daily-hours.ts';
import { durationMs } from '../../lib/duration.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { PlacementContext, Plugin } from '../framework/plugin.ts';
import { RevocableZones } from './revocable-zones.ts';
import { ZoneDepartures } from './zone-departures.ts';

const MAX_SCORE = 100;
const ZONE_PREFIX = 'tdm.revocable-zone.';
const DEFAULT_PERIOD_MS = 60_000;

/**
 * Time division: nodes of revocable zones are open at certain hours, to pods that can be taken back (`shape.isRevocable`) and
 * to no others. Those prefer them, and leave them bit by bit once the zone closes, where the policy has the action shuffle.
 */
export const tdm: Plugin = {
  name: 'tdm',
  make: (snapshot, options) => {
    const zones = new RevocableZones(snapshot.index, readHours(options));
    const bonus = numberArgument(options, 'tdm.weight', 1) * MAX_SCORE;
    const periodMs = durationMs(String(options.get('tdm.evict.period') ?? '')) ?? DEFAULT_PERIOD_MS;
    const departures = new ZoneDepartures(snapshot, zones, periodMs);
    let context: PlacementContext | undefined;
    let nowMs = 0;
    return {
      onSessionOpen: (atMs) => {
        nowMs = atMs;
        zones.tell(nowMs);
        if (zones.names().length === 0) context = undefined;
        else if (context?.key !== keyOf(zones.open)) context = whileOpen(zones, zones.open, bonus);
      },
      feasible: ({ shape }, out) => {
        if (!shape.isRevocable) out.subtract(zones.nodesBut([]));
      },
      explain: ({ shape }, reasons) => {
        const nodes = shape.isRevocable ? 0 : zones.nodesBut([]).size();
        if (nodes > 0) reasons.set('node(s) were of a revocable zone, which the pod may not use', nodes);
      },
      // By class.
      claimStampFn: () => 0,
      contextFn: ({ class: { shape } }) => (shape.isRevocable ? context : undefined),
      isShuffleDueFn: () => departures.isDue(nowMs),
      victimTasksFn: (running) => departures.name(running, nowMs),
      victimReasonFn: ({ nodeIx }) => {
        const node = snapshot.nodes.records[nodeIx];
        return zones.nodesBut(zones.open).has(nodeIx)
          ? `node ${node?.name ?? ''} is taken back: its revocable zone is closed.`
          : 'other pods of its gang lose their nodes, since a revocable zone is closed.';
      },
      nextWakeFn: () => earliest(zones.nextChangeMs(nowMs), departures.nextDueMs(nowMs)),
    };
  },
};

/** How pods that may use revocable nodes see them while these zones are open. */
function whileOpen(zones: RevocableZones, open: readonly string[], bonus: number): PlacementContext {
  return {
    key: keyOf(open),
    hooks: {
      feasible: (_, out) => out.subtract(zones.nodesBut(open)),
      score: (_, out) => {
        const nodes = zones.nodesOf(open);
        for (let n = 0; n < out.length; n += 1) if (nodes.has(n)) out[n] = (out[n] ?? 0) + bonus;
      },
      explain: (_, reasons) => {
        for (const zone of zones.names().filter((name) => !open.includes(name)))
          reasons.set(`node(s) were of revocable zone ${zones.inWords(zone)}`, zones.nodesOf([zone]).size());
      },
    },
  };
}

/** Label values, of which the names of zones are some, have no commas. */
function keyOf(open: readonly string[]): string {
  return `tdm ${open.join(',')}`;
}

function readHours(options: PluginArguments): ReadonlyMap<string, DailyHours> {
  const zones = new Map<string, DailyHours>();
  for (const key of options.keys()) {
    const hours = key.startsWith(ZONE_PREFIX) ? dailyHours(String(options.get(key))) : undefined;
    if (hours !== undefined) zones.set(key.slice(ZONE_PREFIX.length), hours);
  }
  return zones;
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
