import type { JsonObject } from '../../../src/lib/json.ts';
import { flow, jobflow } from './jobflow-fixture.ts';

/** One rule about JobFlows: one that passes, one that is refused, where it is told, and part of what is told. */
export type JobflowRule = readonly [rule: string, passes: JsonObject, refused: JsonObject, path: string, text: string];

const probing = (probe: JsonObject): JsonObject =>
  jobflow([flow('a'), flow('b', [], { dependsOn: { targets: ['a'], probe } })]);
const patching = (...tasks: readonly JsonObject[]): JsonObject =>
  jobflow([flow('a', [], { patch: { jobSpec: { tasks: [...tasks] } } })]);
const PROBE = 'spec.flows[1].dependsOn.probe';
const NO_DAG = 'jobflow flow is not dag';

export const JOBFLOW_RULES: readonly JobflowRule[] = [
  [
    'each target is a flow',
    jobflow([flow('a'), flow('b', ['a'])]),
    jobflow([flow('a'), flow('b', ['c'])]),
    'spec.flows[1].dependsOn.targets[0]',
    `${NO_DAG}: vertex is not defined: c`,
  ],
  [
    'no flow waits for itself',
    jobflow([flow('a')]),
    jobflow([flow('a', ['a'])]),
    'spec.flows[0].dependsOn.targets',
    `${NO_DAG}: flow 'a' has self-dependency`,
  ],
  [
    'flows that wait for each other form no circle',
    jobflow([flow('a'), flow('b', ['a']), flow('c', ['a']), flow('d', ['b', 'c'])]),
    jobflow([flow('a', ['d']), flow('b', ['a']), flow('c', ['a']), flow('d', ['b', 'c'])]),
    'spec.flows[0].dependsOn.targets',
    NO_DAG,
  ],
  [
    'names of flows are unique',
    jobflow([flow('a'), flow('b')]),
    jobflow([flow('a'), flow('a')]),
    'spec.flows[1].name',
    'duplicated flow name a',
  ],
  [
    'names of jobs are qualified names',
    jobflow([flow('a'.repeat(57))]),
    jobflow([flow('a'.repeat(58))]),
    'spec.flows[0].name',
    'no more than 63 characters',
  ],
  [
    'a path begins with a slash',
    probing({ httpGetList: [{ path: '/ready?x=1', port: 80 }] }),
    probing({ httpGetList: [{ path: 'ready', port: 80 }] }),
    `${PROBE}.httpGetList[0].path`,
    'must begin with /',
  ],
  [
    'a header has a name',
    probing({ httpGetList: [{ httpHeader: { name: 'X-Token', value: 'x y' } }] }),
    probing({ httpGetList: [{ httpHeader: { value: 'x' } }] }),
    `${PROBE}.httpGetList[0].httpHeader.name`,
    'name of an HTTP header',
  ],
  [
    'a header is one line',
    probing({ httpGetList: [{ httpHeader: { name: 'X-Token' } }] }),
    probing({ httpGetList: [{ httpHeader: { name: 'X-Token', value: 'x\r\nX-Other: y' } }] }),
    `${PROBE}.httpGetList[0].httpHeader.value`,
    'must be one line',
  ],
  [
    'a socket has a port',
    probing({ tcpSocketList: [{ port: 1 }] }),
    probing({ tcpSocketList: [{ port: 0 }] }),
    `${PROBE}.tcpSocketList[0].port`,
    'must be from 1 to 65535',
  ],
  [
    'a phase is one of pods',
    probing({ taskStatusList: [{ taskName: 'worker', phase: 'Succeeded' }] }),
    probing({ taskStatusList: [{ taskName: 'worker', phase: 'Completed' }] }),
    `${PROBE}.taskStatusList[0].phase`,
    'no pod is ever in this phase',
  ],
  [
    'tasks of a patch have names',
    patching({ name: 'worker', replicas: 2 }),
    patching({ replicas: 2 }),
    'spec.flows[0].patch.jobSpec.tasks[0].name',
    'which task of the template is meant',
  ],
  [
    'tasks of a patch are named once',
    patching({ name: 'worker' }, { name: 'master' }),
    patching({ name: 'worker' }, { name: 'worker' }),
    'spec.flows[0].patch.jobSpec.tasks[1].name',
    'duplicated task name worker',
  ],
];
