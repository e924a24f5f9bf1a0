/** A line of the picture, by percent across and percent up. */
export interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [across: number, up: number])[];
}

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 44;
const TOP = 34;
const BOTTOM = 56;
/** What is shown: before it all lines are one. */
const FROM = 70;
const TO = 130;
const UP_TO = 100;

/** Lines from 70 % on, each with its end in numbers. */
export function drawCurves(title: string, curves: readonly Curve[]): string {
  const levels = [70, 80, 90, 100].map(
    (percent) =>
      `<line x1="${LEFT}" x2="${x(TO)}" y1="${y(percent)}" y2="${y(percent)}" stroke="#bbb"/><text x="${LEFT - 6}" y="${y(percent) + 4}" text-anchor="end">${percent} %</text>`,
  );
  const marks = [70, 90, 110, 130].map(
    (percent) => `<text x="${x(percent)}" y="${y(FROM) + 18}" text-anchor="middle">${percent} %</text>`,
  );
  const lines = curves.map(({ colour, points }) => {
    const shown = points.filter(([across]) => across >= FROM).map(([across, up]) => `${x(across)},${y(up)}`);
    return `<polyline points="${shown.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  });
  const legend = curves.map(({ name, colour, points }, i) => {
    const at = LEFT + i * 220;
    const end = (points.at(-1)?.[1] ?? 0).toFixed(1);
    return `<rect x="${at}" y="${HEIGHT - 14}" width="10" height="10" fill="${colour}"/><text x="${at + 15}" y="${HEIGHT - 5}">${name}: ${end} %</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-size="14">${title}</text>`,
    ...levels,
    ...marks,
    ...lines,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

function x(across: number): number {
  return Math.round(LEFT + ((WIDTH - LEFT - 24) * (across - FROM)) / (TO - FROM));
}

function y(up: number): number {
  return Math.round(10 * (TOP + (HEIGHT - TOP - BOTTOM) * (1 - (up - FROM) / (UP_TO - FROM)))) / 10;
}
