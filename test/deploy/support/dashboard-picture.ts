/** One line of a panel: its name, and its values by seconds since the picture's begin. */
export interface DrawnSeries {
  readonly legend: string;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

export interface DrawnPanel {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly DrawnSeries[];
}

const COLUMNS = 3;
const [WIDTH, HEIGHT] = [400, 190];
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 12, 26, 58];
const COLOURS = ['#0571b0', '#ca0020', '#4dac26', '#f1a340', '#7b3294', '#018571', '#b2abd2', '#666666'];
/** More would be unreadable; the largest are shown. */
const MOST_SERIES = COLOURS.length;
const LEGEND_ROW = 4;
const DAY_S = 86_400;

/** A dashboard as SVG: each panel with its lines over the same time. */
export function drawDashboard(panels: readonly DrawnPanel[], seconds: number): string {
  const rows = Math.ceil(panels.length / COLUMNS);
  const [width, height] = [COLUMNS * WIDTH, rows * HEIGHT];
  const drawn = panels.map((panel, at) => {
    const place = `translate(${(at % COLUMNS) * WIDTH} ${Math.floor(at / COLUMNS) * HEIGHT})`;
    return `<g transform="${place}">${drawPanel(panel, seconds)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="10">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ title, unit, series }: DrawnPanel, seconds: number): string {
  const shown = series.toSorted((a, b) => mostOf(b) - mostOf(a)).slice(0, MOST_SERIES);
  const top = roundUp(Math.max(...shown.map(mostOf), 0));
  const x = (second: number): number => Math.round(LEFT + ((WIDTH - LEFT - RIGHT) * second) / seconds);
  const y = (value: number): number => Math.round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top));
  const grid = [0, top / 2, top].map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/><text x="${LEFT - 4}" y="${y(value) + 3}" text-anchor="end">${amount(value, unit)}</text>`,
  );
  const times = [0, seconds / 2, seconds].map(
    (second) => `<text x="${x(second)}" y="${y(0) + 13}" text-anchor="middle">${Math.round(second)} s</text>`,
  );
  const lines = shown.map(({ points }, at) => {
    const path = points.map(([second, value]) => `${x(second)},${y(value)}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${COLOURS[at] ?? ''}" stroke-width="1.5"/>`;
  });
  const names = shown.map(({ legend }, at) => {
    const [left, line] = [LEFT + (at % LEGEND_ROW) * 86, y(0) + 27 + 13 * Math.floor(at / LEGEND_ROW)];
    return `<rect x="${left}" y="${line - 7}" width="8" height="8" fill="${COLOURS[at] ?? ''}"/><text x="${left + 11}" y="${line}">${escaped(legend.slice(0, 14))}</text>`;
  });
  const words = `${escaped(title)} (${unit}${series.length > shown.length ? `, ${shown.length} of ${series.length}` : ''})`;
  return [
    `<text x="${LEFT}" y="16" font-size="12" font-weight="bold">${words}</text>`,
    ...grid,
    ...times,
    ...lines,
    ...names,
  ].join('');
}

function mostOf({ points }: DrawnSeries): number {
  return Math.max(0, ...points.map(([, value]) => value));
}

/** To one or two figures, so that the axis can be read. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * unit >= value) ?? 10) * unit;
}

/** As Grafana writes it: long times in days. */
function amount(value: number, unit: string): string {
  return unit === 's' && value > DAY_S ? `${Math.round(value / DAY_S)} d` : String(Number(value.toPrecision(3)));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
