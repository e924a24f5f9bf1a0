import { apiVersion, CRON_VCJOBS, HYPER_NODES, resourcePath, VCJOBS } from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { task, template, vcjob } from '../../webhooks/vcjobs/vcjob-fixture.ts';

/** One object that passes, one that is refused, and part of what is told: the words that people of Volcano look for. */
export type Rule = readonly [rule: string, passes: JsonObject, refused: JsonObject, text: string];

/** Something that is there already, one change that it may take, one that it may not, and part of what is told. */
export type ChangeRule = Rule;

function object(type: ResourceType, name: string, spec: JsonObject): JsonObject {
  return { apiVersion: apiVersion(type), kind: type.kind, metadata: { name }, spec };
}

function cron(spec: JsonObject, name = 'new'): JsonObject {
  const jobTemplate = { spec: vcjob()['spec'] ?? {} };
  return object(CRON_VCJOBS, name, { schedule: '0 3 * * *', jobTemplate, ...spec });
}

const TZ = 'schedule should not contain TZ or CRON_TZ, TZ should only be set in the timeZone field';

export const CRON_RULES: readonly Rule[] = [
  ['a schedule has five fields', cron({}), cron({ schedule: '0 3 * *' }), 'schedule is not a valid cron expression'],
  ['a schedule says something', cron({ schedule: '@daily' }), cron({ schedule: '' }), 'spec.schedule'],
  ['a schedule has no zone', cron({ timeZone: 'Europe/Paris' }), cron({ schedule: 'TZ=UTC 0 3 * * *' }), TZ],
  ['a zone has a name', cron({ timeZone: 'UTC' }), cron({ timeZone: '' }), 'timeZone'],
  ['a zone exists', cron({ timeZone: 'Asia/Tokyo' }), cron({ timeZone: 'Mars/Olympus' }), 'invalid timeZone'],
  [
    'a zone is no place of the machine',
    cron({ timeZone: 'UTC' }),
    cron({ timeZone: 'Local' }),
    "timeZone can't be Local",
  ],
  [
    'a name leaves room for that of its jobs',
    cron({}, 'n'.repeat(52)),
    cron({}, 'n'.repeat(53)),
    'cronJob name must be no more than 52 characters',
  ],
  [
    'jobs are let beside each other, or not, or in the place of each other',
    cron({ concurrencyPolicy: 'Replace' }),
    cron({ concurrencyPolicy: 'Sometimes' }),
    'spec.concurrencyPolicy',
  ],
  [
    'a deadline is not over before it begins',
    cron({ startingDeadlineSeconds: 0 }),
    cron({ startingDeadlineSeconds: -1 }),
    'spec.startingDeadlineSeconds',
  ],
];

function members(...selectors: readonly JsonObject[]): JsonObject {
  const list = selectors.map((selector) => ({ type: 'Node', selector }));
  return object(HYPER_NODES, 'new', { tier: 1, members: list });
}

const exact = { exactMatch: { name: 'node-1' } };
const regex = (pattern: string): JsonObject => ({ regexMatch: { pattern } });

export const HYPER_NODE_RULES: readonly Rule[] = [
  ['there is a member', members(exact), members(), 'spec.members'],
  [
    'a member is selected',
    members(regex('^node-')),
    members({}),
    'Either ExactMatch or RegexMatch or LabelMatch must be specified',
  ],
  [
    'a member is selected in one way',
    members({ labelMatch: { matchLabels: { a: 'b' } } }),
    members({ ...exact, ...regex('a') }),
    'Only one of ExactMatch, RegexMatch, or LabelMatch can be specified',
  ],
  [
    'a pattern can be read',
    members(regex('node-[0-9]')),
    members(regex('node-[')),
    'member regexMatch pattern is invalid',
  ],
  [
    'a name is one that a node may have',
    members(exact),
    members({ exactMatch: { name: 'Node_1' } }),
    'exactMatch.name',
  ],
  ['a tier is not below the lowest', members(exact), object(HYPER_NODES, 'new', { tier: -1 }), 'spec.tier'],
  [
    'members are nodes or HyperNodes',
    members(exact),
    object(HYPER_NODES, 'new', { tier: 1, members: [{ type: 'Rack', selector: exact }] }),
    'spec.members[0].type',
  ],
];

const job = (queue: string): JsonObject => vcjob({ queue });

/** Which queues Jobs may go into; `web` is below `eng`. */
export const JOB_QUEUE_RULES: readonly Rule[] = [
  ['its queue exists', job('web'), job('nowhere'), 'unable to find job queue'],
  [
    'its queue is open',
    job('web'),
    job('shut'),
    'can only submit job to queue with state `Open`, queue `shut` status is `Closed`',
  ],
  ['its queue is not the root', job('web'), job('root'), 'can only submit job to leaf queue'],
  ['its queue has none below it', job('web'), job('eng'), 'can only submit job to leaf queue'],
];

/** A Job with two pods that needs both. */
export const A_JOB = vcjob({ queue: 'web', tasks: [task({ minAvailable: 1 })] }, 'there');
export const A_JOB_PATH = resourcePath(VCJOBS, 'team-a', 'there');

const FIXED = 'job updates may not change fields other than `minAvailable`, `tasks[*].replicas under spec`';
const tasks = (...list: readonly JsonObject[]): JsonObject => ({ spec: { minAvailable: 1, tasks: [...list] } });
const one = (over: JsonObject): JsonObject => tasks(task({ maxRetry: 3, minAvailable: 1, ...over }));

/** Merge patches of that Job. */
export const JOB_CHANGES: readonly ChangeRule[] = [
  ['it may grow, not go below nothing', one({ replicas: 5 }), one({ replicas: -1 }), 'replicas'],
  [
    'a task needs no more pods than it has',
    one({ minAvailable: 2 }),
    one({ minAvailable: 3 }),
    "'minAvailable' must be <= 'replicas' in task: worker",
  ],
  [
    'it needs no more pods than it has',
    { spec: { minAvailable: 2 } },
    { spec: { minAvailable: 3 } },
    "job 'minAvailable' must not be greater than total replicas",
  ],
  [
    'its tasks stay',
    one({}),
    tasks(task({ maxRetry: 3, minAvailable: 1 }), task({ name: 'more', maxRetry: 3, minAvailable: 1 })),
    'job updates may not add or remove tasks',
  ],
  ['its queue stays', { spec: { priorityClassName: '' } }, { spec: { queue: 'default' } }, FIXED],
  ['its templates stay', one({}), one({ template: template({ hostname: 'x' }) }), FIXED],
];
