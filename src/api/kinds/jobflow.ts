import { POD_PHASES } from '../records/pod-record.ts';
import Type from 'typebox';
import type { Static } from 'typebox';
import type { KindDefinition, PrinterColumn } from './crd.ts';
import { jobflowStatus } from './jobflow-status.ts';
import { partOf } from './partial-schema.ts';
import { JOBFLOWS } from '../resources.ts';
import { Enum, Fields, List, OBJECT_HEAD, Optional, Text } from './schema-helper.ts';
import type { Readable } from './schema-helper.ts';
import { vcjobSpec } from './vcjob.ts';

/** Flows of one JobFlow. */
const MAX_FLOWS = 1024;
/** Questions of one kind that a probe asks. */
const MAX_PROBES = 64;
const taskName = Optional(
  Text('A task of the target; without one, all its tasks. A target that has no such task has to be completed.'),
);
const port = Type.Integer({ description: 'The port, from 1 on.', minimum: 0, maximum: 65_535 });

const httpGet = Fields(
  {
    taskName,
    path: Optional(Text('Path that is asked for; without one, /.', { maxLength: 2048 })),
    port: Optional({ ...port, description: 'The port; without one, 80.' }),
    httpHeader: Optional(
      Fields(
        {
          name: Optional(Text('Name of the header.')),
          value: Optional(Text('Its value.', { maxLength: 4096 })),
        },
        'A header that is sent.',
      ),
    ),
  },
  'Holds once each pod that the task needs has answered a GET with a status from 200 to 399. Pods in the network of their node are not asked.',
);

const tcpSocket = Fields(
  { taskName, port },
  'Holds once each pod that the task needs has taken a connection. Pods in the network of their node are not asked.',
);

const taskStatus = Fields(
  {
    taskName,
    phase: Optional(
      Text(
        `Phase that the pods have to be in: ${POD_PHASES.join(', ')}; without one, Running. Pods that have succeeded were running.`,
        { maxLength: 63 },
      ),
    ),
  },
  'Holds while as many pods of the task as it needs are in the phase.',
);

const probe = Fields(
  {
    httpGetList: Optional(List(httpGet, 'Servers that have to answer.', { maxItems: MAX_PROBES })),
    tcpSocketList: Optional(List(tcpSocket, 'Ports that have to be open.', { maxItems: MAX_PROBES })),
    taskStatusList: Optional(List(taskStatus, 'Phases that pods have to be in.', { maxItems: MAX_PROBES })),
  },
  'What a target has to show for the job to be made while the target still runs: all that is said here of its tasks. Without a probe, and without pods that could still show it, the target has to be completed.',
);

const dependsOn = Fields(
  {
    targets: Optional(
      List(Text('Name of another flow of the JobFlow.'), 'Flows whose jobs come first.', { maxItems: MAX_FLOWS }),
    ),
    probe: Optional(probe),
  },
  'What the job waits for.',
);

const patch = Fields(
  {
    jobSpec: Optional(
      partOf(
        vcjobSpec,
        'Part of the spec of a Job. Objects are merged; tasks, containers, environment variables and volumes are matched by their names; other lists are replaced.',
      ),
    ),
  },
  'What the job has otherwise than its template.',
);

const flow = Fields(
  {
    name: Text('Name of the JobTemplate; the job is called <jobflow>-<name>.', { minLength: 1 }),
    dependsOn: Optional(dependsOn),
    patch: Optional(patch),
  },
  'One job.',
);

const spec = Fields(
  {
    flows: Optional(List(flow, 'The jobs, in any order.', { maxItems: MAX_FLOWS })),
    jobRetainPolicy: Optional(
      Enum(['retain', 'delete'], 'What becomes of the jobs once all are completed; without it, they are retained.'),
    ),
  },
  'Which jobs are made, and what each waits for.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec: Optional(spec), status: Optional(jobflowStatus) },
  'A JobFlow makes Jobs of Volcano from JobTemplates, each once those that it depends on are completed or ready.',
);

/** A JobFlow of flow.volcano.sh as it travels. */
export type Jobflow = Readable<Static<typeof schema>>;

const columns: readonly PrinterColumn[] = [
  { name: 'Status', type: 'string', jsonPath: '.status.state.phase', description: 'Where the flow stands' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
];

/** JobFlow of flow.volcano.sh/v1alpha1. */
export const JOBFLOW_KIND: KindDefinition = {
  type: JOBFLOWS,
  file: 'jobflow',
  shortNames: ['jf'],
  hasStatusSubresource: true,
  columns,
  schema,
};
