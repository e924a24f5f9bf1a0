// Loaded before a program: its clock is now and then hours, weeks and years ahead of the true one, or behind it, in all of its threads.
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const EVERY_MS = 4000;
const OFFSETS_MS = [0, HOUR_MS, -HOUR_MS, 40 * DAY_MS, -40 * DAY_MS, 1500 * DAY_MS, 2000];

const trueNow = Date.now;

Date.now = () => {
  const nowMs = trueNow();
  return nowMs + (OFFSETS_MS[Math.floor(nowMs / EVERY_MS) % OFFSETS_MS.length] ?? 0);
};
