import type { CronVcjobRecord } from '../../api/records/cron-vcjob-record.ts';
import type { CronSchedule } from '../../lib/cron/schedule.ts';
import { latestTime, nextTime } from '../../lib/cron/times.ts';
import type { Zone } from '../../lib/cron/zone.ts';

/** When a CronJob has to be looked at, and for which time a job is due now. */
export interface Due {
  /** The latest time of the schedule that no job was made for; undefined when there is none. */
  readonly atMs: number | undefined;
  /** More times than anybody meant went by since the last job. */
  readonly isFarBehind: boolean;
  /** The next time of the schedule; undefined when there is none in years. */
  readonly nextMs: number | undefined;
}

/** More missed times than this are a broken clock, or a CronJob that was asleep for long. */
const MANY_MISSED = 100;

/** What is due of a schedule; of times that were missed only the latest is made up for, and none that is past its deadline. */
export function dueOf(cron: CronVcjobRecord, schedule: CronSchedule, zone: Zone, nowMs: number): Due {
  const lastMs = cron.lastScheduleMs === 0 ? cron.createdMs : cron.lastScheduleMs;
  const deadline = cron.spec.startingDeadlineSeconds;
  const fromMs = deadline === undefined ? lastMs : Math.max(lastMs, nowMs - deadline * 1000);
  const latestMs = latestTime(schedule, zone, { afterMs: lastMs, untilMs: nowMs });
  const atMs = latestMs !== undefined && latestMs > fromMs ? latestMs : undefined;
  return {
    atMs,
    isFarBehind: atMs !== undefined && isFarBehind(schedule, zone, fromMs, nowMs),
    nextMs: nextTime(schedule, zone, schedule.kind === 'every' ? (latestMs ?? lastMs) : nowMs),
  };
}

function isFarBehind(schedule: CronSchedule, zone: Zone, fromMs: number, nowMs: number): boolean {
  if (schedule.kind === 'every') return (nowMs - fromMs) / schedule.everyMs > MANY_MISSED;
  let at: number | undefined = fromMs;
  for (let missed = 0; missed <= MANY_MISSED; missed += 1) {
    at = nextTime(schedule, zone, at);
    if (at === undefined || at > nowMs) return false;
  }
  return true;
}
