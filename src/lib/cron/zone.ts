/** What clocks show in one time zone. */
export interface Zone {
  /** How far they are ahead of UTC at a moment, in milliseconds; below 0 west of it. */
  offsetMs(atMs: number): number;
}

/** Clocks that show UTC. */
export const UTC: Zone = { offsetMs: () => 0 };

/** The zone of an IANA name; undefined for a name that nobody knows. */
export function zoneNamed(name: string): Zone | undefined {
  if (name === 'UTC') return UTC;
  const format = formatOf(name);
  return format === undefined ? undefined : { offsetMs: (atMs) => offsetOf(format, atMs) };
}

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `GMT`, `GMT+05:30`, and with seconds for times long ago. */
const OFFSET = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

function offsetOf(format: Intl.DateTimeFormat, atMs: number): number {
  const text = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = OFFSET.exec(text) ?? [];
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}
