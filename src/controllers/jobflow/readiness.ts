import type { Flow } from '../../api/records/jobflow-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import type { PodQuestion } from '../pod-question.ts';
import { isCompleted, jobOf } from './observed.ts';
import type { ObservedJobflow } from './observed.ts';
import { showsPhases, taskProbes } from './task-probe.ts';
import type { Knock, TaskProbe } from './task-probe.ts';

/** A pod that did not answer is asked again after this time. */
export const ASK_AGAIN_MS = 2000;
/** Pods that are asked in one go; the others have their turn once these have answered. */
const MAX_QUESTIONS = 32;

/** Whether the job of a flow may be made. */
export interface Readiness {
  readonly isReady: boolean;
  /** What pods have to be asked now. */
  readonly questions: readonly PodQuestion[];
  /** Pods were asked, and some may be asked again at this time, milliseconds since 1970; Infinity for none. */
  readonly againMs: number;
}

const READY: Readiness = { isReady: true, questions: [], againMs: Infinity };
const WAITS: Readiness = { ...READY, isReady: false };

/** Every target has to be completed, or to show what the probe wants. */
export function readinessOf(observed: ObservedJobflow, { dependsOn }: Flow): Readiness {
  const all = (dependsOn?.targets ?? []).map((target) => readinessOfTarget(observed, target, dependsOn?.probe));
  return joined(all);
}

function joined(all: readonly Readiness[]): Readiness {
  return {
    isReady: all.every(({ isReady }) => isReady),
    questions: all.flatMap(({ questions }) => questions).slice(0, MAX_QUESTIONS),
    againMs: Math.min(Infinity, ...all.map(({ againMs }) => againMs)),
  };
}

/** What is completed has shown it: a server that has done its work answers nobody any more. */
function readinessOfTarget(
  observed: ObservedJobflow,
  target: string,
  probe: NonNullable<Flow['dependsOn']>['probe'],
): Readiness {
  if (isCompleted(observed, target)) return READY;
  const job = jobOf(observed, target);
  if (job === undefined) return WAITS;
  const probes = taskProbes(job, probe);
  if (probes.length === 0 || !probes.every((one) => showsPhases(job, one))) return WAITS;
  return joined(probes.flatMap((one) => one.knocks.map((knock) => readinessOfTask(observed, job, one, knock))));
}

function readinessOfTask(
  observed: ObservedJobflow,
  job: VcjobRecord,
  { task, replicas, needed }: TaskProbe,
  knock: Knock,
): Readiness {
  const pods = Array.from({ length: replicas }, (_, index) => observed.pod(`${job.name}-${task}-${index}`));
  const asked = pods
    .filter((pod) => pod !== undefined && isAskable(pod, job))
    .map((pod) => questionTo(pod as PodRecord, knock));
  const answers = asked.map((question) => ({ question, answer: observed.answerTo(question.id) }));
  const up = answers.filter(({ answer }) => answer?.isUp === true).length;
  if (up >= needed) return READY;
  const due = (atMs: number): number => atMs + ASK_AGAIN_MS;
  const open = answers.filter(({ answer }) => answer?.isUp !== true);
  const later = open.flatMap(({ answer }) =>
    answer !== undefined && due(answer.atMs) > observed.nowMs ? [answer] : [],
  );
  return {
    isReady: false,
    questions: open
      .filter(({ answer }) => answer === undefined || due(answer.atMs) <= observed.nowMs)
      .map(({ question }) => question),
    // Nobody wakes the flow when a pod gets its address.
    againMs: Math.min(observed.nowMs + ASK_AGAIN_MS, ...later.map(({ atMs }) => due(atMs))),
  };
}

function isAskable(pod: PodRecord, job: VcjobRecord): boolean {
  const { phase, deleting, jobPod } = pod;
  return phase === 'Running' && !deleting && jobPod !== undefined && jobPod.jobUid === job.uid && jobPod.address !== '';
}

function questionTo({ uid, jobPod }: PodRecord, { port, http }: Knock): PodQuestion {
  const asked = http === undefined ? '' : ` ${http.path} ${http.header?.name ?? ''} ${http.header?.value ?? ''}`;
  return { id: `${uid} ${port}${asked}`, address: jobPod?.address ?? '', port, http };
}
