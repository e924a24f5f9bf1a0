import { CPUS, MINUTES } from './load.ts';
import type { PlacedJob } from './load.ts';

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 44;
const TOP = 34;
const BOTTOM = 40;

const COLOURS: Readonly<Record<string, string>> = {
  running: '#bababa',
  large: '#ca0020',
  long: '#f4a582',
  short: '#92c5de',
};

/** A picture of who stands on which CPU over time. */
export function draw(title: string, jobs: readonly PlacedJob[]): string {
  const freeFrom = Array.from({ length: CPUS }, () => 0);
  const bars = jobs.flatMap((job) => {
    const lanes = freeFrom.flatMap((from, lane) => (from <= job.start ? [lane] : [])).slice(0, job.cpus);
    for (const lane of lanes) freeFrom[lane] = job.end;
    return lanes.map((lane) => bar(job, lane));
  });
  const minutes = [0, 30, 60, 90, 120].map(
    (minute) => `<text x="${x(minute)}" y="${y(CPUS) + 16}" text-anchor="middle">${minute} min</text>`,
  );
  const legend = Object.entries(COLOURS).map(([kind, colour], i) => {
    const at = LEFT + i * 130;
    return `<rect x="${at}" y="${HEIGHT - 12}" width="10" height="10" fill="${colour}"/><text x="${at + 15}" y="${HEIGHT - 3}">${kind}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-size="14">${title}: who stands on the 8 CPUs</text>`,
    `<rect x="${x(0)}" y="${y(0)}" width="${x(MINUTES) - x(0)}" height="${y(CPUS) - y(0)}" fill="#f4f4f4"/>`,
    ...bars,
    ...minutes,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

function bar({ name, start, end }: PlacedJob, lane: number): string {
  const [left, right] = [x(start), x(Math.min(end, MINUTES))];
  const colour = COLOURS[name.replace(/-.*$/, '')] ?? '';
  return `<rect x="${left}" y="${y(lane)}" width="${Math.max(0, right - left - 1)}" height="${y(lane + 1) - y(lane) - 1}" fill="${colour}"/>`;
}

function x(minute: number): number {
  return Math.round(LEFT + ((WIDTH - LEFT - 24) * minute) / MINUTES);
}

function y(lane: number): number {
  return Math.round(TOP + ((HEIGHT - TOP - BOTTOM) * lane) / CPUS);
}
