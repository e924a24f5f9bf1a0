import type { Flow } from '../../api/records/jobflow-record.ts';
import type { PodPhase } from '../../api/records/pod-record.ts';
import type { VcjobRecord, VcjobSpec } from '../../api/records/vcjob-record.ts';
import type { HttpQuestion } from '../pod-question.ts';

type Task = NonNullable<VcjobSpec['tasks']>[number];
type Probe = NonNullable<NonNullable<Flow['dependsOn']>['probe']>;

/** What pods of a task are asked. */
export interface Knock {
  readonly port: number;
  /** Undefined where a connection is enough. */
  readonly http: HttpQuestion | undefined;
}

/** What one task of a target has to show. */
export interface TaskProbe {
  readonly task: string;
  readonly replicas: number;
  /** So many pods have to show it. */
  readonly needed: number;
  readonly phases: readonly PodPhase[];
  readonly knocks: readonly Knock[];
}

const HTTP_PORT = 80;

/** What a probe wants of the tasks of a job; a task that it says nothing of is left out. */
export function taskProbes({ spec }: VcjobRecord, probe: Probe | undefined): readonly TaskProbe[] {
  return (spec.tasks ?? []).map((task) => taskProbe(task, probe ?? {})).filter(saysAnything);
}

function taskProbe(task: Task, { httpGetList = [], tcpSocketList = [], taskStatusList = [] }: Probe): TaskProbe {
  const { name = '', replicas = 0, minAvailable = replicas } = task;
  const isMeant = ({ taskName = '' }: { readonly taskName?: string }): boolean => taskName === '' || taskName === name;
  return {
    task: name,
    replicas,
    needed: minAvailable,
    phases: taskStatusList.filter(isMeant).map(({ phase = '' }) => phaseOf(phase)),
    knocks: [
      ...httpGetList.filter(isMeant).map((get) => ({ port: get.port || HTTP_PORT, http: httpQuestion(get) })),
      ...tcpSocketList.filter(isMeant).map(({ port }) => ({ port, http: undefined })),
    ],
  };
}

function saysAnything({ phases, knocks }: TaskProbe): boolean {
  return phases.length + knocks.length > 0;
}

/** Admission has held it to the phases that there are. */
function phaseOf(phase: string): PodPhase {
  return phase === '' ? 'Running' : (phase as PodPhase);
}

function httpQuestion({ path = '', httpHeader }: NonNullable<Probe['httpGetList']>[number]): HttpQuestion {
  const { name = '', value = '' } = httpHeader ?? {};
  return { path: path === '' ? '/' : path, header: name === '' ? undefined : { name, value } };
}

/** As many pods of the task as it needs are in each of the phases; one that has succeeded was running. */
export function showsPhases({ status }: VcjobRecord, { task, needed, phases }: TaskProbe): boolean {
  const counts = status.taskStatusCount?.[task]?.phase ?? {};
  const inPhase = (phase: PodPhase): number =>
    (counts[phase] ?? 0) + (phase === 'Running' ? (counts['Succeeded'] ?? 0) : 0);
  return phases.every((phase) => inPhase(phase) >= needed);
}
