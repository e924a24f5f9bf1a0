import { MAX_LISTED_JOBS } from '../limits.ts';
import type { KindDefinition, PrinterColumn } from './crd.ts';
import { JOBTEMPLATES } from '../resources.ts';
import { Fields, List, OBJECT_HEAD, Optional, Text } from './schema-helper.ts';
import { vcjobSpec } from './vcjob.ts';

const status = Fields(
  {
    jobDependsOnList: Optional(
      List(
        Text('Name of a job.'),
        `Jobs in the namespace that were made from the template, the first ${MAX_LISTED_JOBS} by name.`,
      ),
    ),
  },
  'What was made from the template; written by its controller.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec: Optional(vcjobSpec), status: Optional(status) },
  'A JobTemplate holds the spec of Jobs of Volcano, which JobFlows make. Changing it changes no job that is there.',
);

const columns: readonly PrinterColumn[] = [
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
  { name: 'Queue', type: 'string', jsonPath: '.spec.queue', description: 'Queue that its jobs wait in', wide: true },
];

/** JobTemplate of flow.volcano.sh/v1alpha1. */
export const JOBTEMPLATE_KIND: KindDefinition = {
  type: JOBTEMPLATES,
  file: 'jobtemplate',
  shortNames: ['jt'],
  hasStatusSubresource: true,
  columns,
  schema,
};
