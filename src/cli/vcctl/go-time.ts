/** A time as Go prints it, `2026-01-31 12:30:00 +0000 UTC`; empty for none. */
export function goTime(timestamp: string): string {
  const atMs = Date.parse(timestamp);
  if (Number.isNaN(atMs)) return '';
  const [date = '', time = ''] = new Date(atMs).toISOString().split('T');
  return `${date} ${time.slice(0, 8)} +0000 UTC`;
}
