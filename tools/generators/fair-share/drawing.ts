import { CPUS, GROUPS, MINUTES } from './load.ts';
import type { Holdings } from './load.ts';

const WIDTH = 720;
const HEIGHT = 240;
const LEFT = 44;
const TOP = 34;
const BOTTOM = 40;

const COLOURS: Readonly<Record<string, string>> = {
  'red-small': '#f4a582',
  'red-large': '#ca0020',
  'blue-small': '#92c5de',
  'blue-large': '#0571b0',
};

/** A picture of who holds how many CPUs over time, one layer a group. */
export function draw(title: string, held: Holdings): string {
  const layers = GROUPS.map((group, g) => layer(group, GROUPS.slice(0, g), held));
  const hours = [0, 15, 30, 45, 60].map(
    (minute) => `<text x="${x(minute)}" y="${y(0) + 16}" text-anchor="middle">${minute} min</text>`,
  );
  const levels = [0, 50, 100].map(
    (cpus) =>
      `<line x1="${LEFT}" x2="${x(MINUTES)}" y1="${y(cpus)}" y2="${y(cpus)}" stroke="#bbb"/><text x="${LEFT - 6}" y="${y(cpus) + 4}" text-anchor="end">${cpus}</text>`,
  );
  const legend = GROUPS.map((group, g) => {
    const at = LEFT + g * 130;
    return `<rect x="${at}" y="${HEIGHT - 12}" width="10" height="10" fill="${COLOURS[group] ?? ''}"/><text x="${at + 15}" y="${HEIGHT - 3}">${group}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-size="14">${title}: CPUs held</text>`,
    ...layers,
    ...levels,
    ...hours,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

/** The area between what the groups below it hold and that with its own. */
function layer(group: string, below: readonly string[], held: Holdings): string {
  const sums = held.map((minute) => below.reduce((sum, each) => sum + (minute.get(each) ?? 0), 0));
  const upper = held.map((minute, m) => `${x(m)},${y((sums[m] ?? 0) + (minute.get(group) ?? 0))}`);
  const lower = sums.map((sum, m) => `${x(m)},${y(sum)}`).toReversed();
  return `<polygon points="${[...upper, ...lower].join(' ')}" fill="${COLOURS[group] ?? ''}"/>`;
}

function x(minute: number): number {
  return Math.round(LEFT + ((WIDTH - LEFT - 16) * minute) / MINUTES);
}

function y(cpus: number): number {
  return Math.round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - cpus / CPUS));
}
