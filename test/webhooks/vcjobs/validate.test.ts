import { expect } from 'chai';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { mutateVcjob } from '../../../webhooks/vcjobs/mutate.ts';
import { vcjobRights } from '../../../webhooks/vcjobs/rights.ts';
import { UNCHANGED } from '../../../webhooks/verdict.ts';
import { validateVcjobReview } from '../../../webhooks/vcjobs/validate.ts';
import { patched, request, summary, view } from '../fixture.ts';
import { VCJOB_RULES } from './rules.ts';
import { container, task, template, vcjob } from './vcjob-fixture.ts';

/** As the API server would do it: filled in first. */
function review(job: JsonObject, cluster: ClusterView = view()): Verdict {
  const name = stringAt(job, ['metadata', 'name']);
  const filled = patched(job, mutateVcjob(request({ object: job }), cluster));
  return validateVcjobReview(request({ object: filled, name }), cluster);
}

function change(before: JsonObject, after: JsonObject, cluster: ClusterView = view()): Verdict {
  const [oldObject, object] = [before, after].map((job) =>
    patched(job, mutateVcjob(request({ object: job }), cluster)),
  );
  return validateVcjobReview(request({ operation: 'UPDATE', object, oldObject }), cluster);
}

function told(verdict: Verdict): readonly string[] {
  return verdict.kind === 'deny' ? verdict.errors.map(({ path, message }) => `${path}: ${message}`) : [];
}

describe('what a Job of Volcano says in vain', () => {
  const small = view({
    room: { totals: new Map([['cpu', 4000]]), largestNode: new Map([['cpu', 4000]]), served: new Map() },
  });
  const sized = (replicas: number, spec: JsonObject = {}): JsonObject =>
    vcjob({
      ...spec,
      tasks: [
        task({ replicas, template: template({ containers: [container({ resources: { requests: { cpu: '1' } } })] }) }),
      ],
    });
  const few = 'spec.minSuccess: 3 pods have to succeed, and the tasks have 2: the job can only fail';
  const large = 'cpu: 5 are asked for together and the cluster has 4: they can never start';
  const rows: Readonly<Record<string, readonly [Verdict, readonly string[]]>> = {
    'is told where more pods have to succeed than there are': [review(sized(2, { minSuccess: 3 })), [few]],
    'is told when there are fewer pods than before': [
      change(sized(3, { minSuccess: 3 }), sized(2, { minSuccess: 3 })),
      [few],
    ],
    'is told once': [change(sized(2, { minSuccess: 3 }), sized(1, { minSuccess: 3 })), []],
    'is nothing where enough pods may succeed': [review(sized(3, { minSuccess: 3 })), []],
    'is told where its scheduler is not here': [
      review(sized(2, { schedulerName: 'mine' })),
      ['spec.schedulerName: pods are left to the scheduler mine: nothing here starts them together'],
    ],
    'is asked whether another scheduler is meant': [
      review(sized(2, { schedulerName: 'Volcano' })),
      [
        'spec.schedulerName: pods are left to the scheduler Volcano: nothing here starts them together',
        'spec.schedulerName: Sluice places no pods of Volcano: is volcano meant?',
      ],
    ],
    'is told where its running estimate cannot be read': [
      review(sized(2, { runningEstimate: 'soon' })),
      ['spec.runningEstimate is no running estimate: write one such as 1h30m'],
    ],
    'is nothing where it can be': [review(sized(2, { runningEstimate: '1h30m' })), []],
    'is nothing where it names one of ours': [review(sized(2, { schedulerName: 'sluice' })), []],
    'is told when it grows out of the cluster': [change(sized(4), sized(5), small), [large]],
    'is told once that it is too large': [change(sized(5), sized(5, { priorityClassName: 'high' }), small), []],
  };
  for (const [name, [verdict, want]] of Object.entries(rows)) {
    it(name, () => expect(verdict.kind === 'allow' ? verdict.warnings : verdict).to.deep.equal(want));
  }
});

describe('a new Job of Volcano', () => {
  for (const { rule, passes, refused, path, text } of VCJOB_RULES) {
    it(`${rule}: one passes, one is refused`, () => {
      expect(told(review(passes))).to.deep.equal([]);
      const lines = told(review(refused));
      expect(
        lines.some((line) => line.startsWith(`${path}: `) && line.includes(text)),
        lines.join('\n'),
      ).to.equal(true);
    });
  }

  it('has a task', () => {
    expect(told(review(vcjob({ tasks: [] })))).to.deep.equal(['spec.tasks: No task specified in job spec']);
  });

  it('is told all its mistakes at once', () => {
    const verdict = review(
      vcjob({
        minAvailable: 9,
        tasks: [task({ template: template({ containers: [container({ image: '' })], restartPolicy: 'x' }) })],
        policies: [{ action: 'x', exitCode: 0 }],
        plugins: { magic: [] },
        queue: 'green',
      }),
    );
    expect(summary(verdict)).to.equal(
      '422 InvalidJob spec.minAvailable spec.tasks[0].template.spec.containers[0].image ' +
        'spec.tasks[0].template.spec.restartPolicy spec.policies[0].action spec.policies[0].exitCode ' +
        'spec.plugins[magic] spec.queue',
    );
  });

  const queues: readonly (readonly [name: string, job: JsonObject, cluster: ClusterView, text: string])[] = [
    ['a queue that is not there', vcjob({ queue: 'green' }), view(), 'unable to find job queue'],
    [
      'a closed queue',
      vcjob({ queue: 'red' }),
      view({ queues: { red: { state: 'Closed' } } }),
      'can only submit job to queue with state `Open`, queue `red` status is `Closed`',
    ],
    [
      'a closing queue',
      vcjob({ queue: 'red' }),
      view({ queues: { red: { state: 'Closing' } } }),
      'can only submit job to queue with state `Open`',
    ],
    [
      'a queue that is being deleted',
      vcjob({ queue: 'red' }),
      view({ queues: { red: { deleting: true } } }),
      'can only submit job to queue with state `Open`, queue `red` is being deleted',
    ],
    ['the root', vcjob({ queue: 'root' }), view({ queues: { root: {} } }), 'can only submit job to leaf queue'],
    [
      'a queue with others below it',
      vcjob({ queue: 'red' }),
      view({ queues: { red: { hasChildren: true } } }),
      'can only submit job to leaf queue',
    ],
  ];
  for (const [name, job, cluster, text] of queues) {
    it(`does not go to ${name}`, () => {
      const lines = told(review(job, cluster));
      expect(lines).to.have.length(1);
      expect(lines[0])
        .to.match(/^spec\.queue: /)
        .and.to.include(text);
    });
  }

  it('goes to an open queue', () => {
    const verdict = review(vcjob({ queue: 'red' }), view({ queues: { red: { state: 'Open' } } }));
    expect(verdict).to.deep.equal(UNCHANGED);
  });

  it('is told which of its fields do not do what they seem to', () => {
    const networkTopology = {};
    const partitionPolicy = { totalPartitions: 1, partitionSize: 2, networkTopology };
    const verdict = review(vcjob({ networkTopology, tasks: [task({ topologyPolicy: 'none', partitionPolicy })] }));
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'spec.networkTopology names no tier: it counts as a wish',
      'spec.tasks[0].partitionPolicy.networkTopology names no tier: it counts as a wish',
    ]);
  });

  it('is told that what its tasks need is not waited for where it needs less itself', () => {
    const tasks = [
      task({ name: 'a', replicas: 6, minAvailable: 2 }),
      task({ name: 'b', replicas: 2, minAvailable: 2 }),
    ];
    const warningsOf = (minAvailable: number): readonly string[] => {
      const verdict = review(vcjob({ minAvailable, tasks }));
      return verdict.kind === 'allow' ? verdict.warnings : [];
    };
    expect(warningsOf(3)).to.deep.equal([
      'spec.minAvailable: any 3 pods start together, whatever single tasks need, unless this is 4 at least',
    ]);
    expect(warningsOf(4)).to.deep.equal([]);
  });

  describe('that can never start', () => {
    const room = { totals: new Map([['cpu', 16_000]]), largestNode: new Map([['cpu', 8_000]]), served: new Map() };
    const asking = (cpu: string, replicas: number, minAvailable = replicas): JsonObject => {
      const containers = [container({ resources: { requests: { cpu } } })];
      return vcjob({ minAvailable, tasks: [task({ replicas, template: template({ containers }) })] });
    };
    const cases: readonly (readonly [string, JsonObject, string])[] = [
      [
        'has a pod larger than every node',
        asking('9', 1),
        'cpu: a pod asks for 9 and the largest node has 8: it can never start',
      ],
      [
        'has more pods than the cluster holds',
        asking('6', 3),
        'cpu: 18 are asked for together and the cluster has 16: they can never start',
      ],
      ['needs fewer pods at first, of which any will do', asking('6', 3, 2), ''],
    ];
    for (const [name, job, want] of cases) {
      it(`${name}: ${want === '' ? 'nothing' : 'it'} is told, and refused where the operator wants that`, () => {
        const verdict = review(job, view({ room }));
        expect(verdict.kind === 'allow' ? verdict.warnings.join('\n') : 'refused').to.equal(want);
        const strict = review(job, view({ room, neverFits: 'refuse' }));
        expect(summary(strict)).to.equal(want === '' ? summary(UNCHANGED) : '422 NeverFits spec');
      });
    }

    it('is refused to no controller', () => {
      const controller = {
        apiVersion: 'batch.volcano.sh/v1alpha1',
        kind: 'CronJob',
        name: 'c',
        uid: 'u',
        controller: true,
      };
      const job = asking('9', 1);
      const owned = { ...job, metadata: { ...objectAt(job, 'metadata'), ownerReferences: [controller] } };
      expect(review(owned, view({ room, neverFits: 'refuse' }))).to.deep.equal(UNCHANGED);
    });
  });

  it('is told of a priority class that nobody made, when it is new', () => {
    const warningsOf = (verdict: Verdict): readonly string[] =>
      verdict.kind === 'allow' ? verdict.warnings : ['refused'];
    const cluster = view({ unknownPriorityClasses: ['hgih'] });
    const [plain, named] = [vcjob({}), vcjob({ priorityClassName: 'hgih' })];
    const want = 'spec.priorityClassName: there is no PriorityClass hgih: until there is, the default one counts';
    expect(warningsOf(review(named, cluster))).to.deep.equal([want]);
    expect(warningsOf(change(plain, named, cluster))).to.deep.equal([want]);
    expect(warningsOf(change(named, named, cluster))).to.deep.equal([]);
  });

  for (const [restartPolicy, want] of [
    ['Always', 'is Always: such pods never end'],
    [undefined, 'is Always where unset: such pods never end'],
    ['Never', ''],
    ['OnFailure', ''],
  ] as const) {
    it(`is ${want === '' ? 'not ' : ''}told that its pods have no end with restartPolicy ${restartPolicy}`, () => {
      const containers = [{ name: 'c', image: 'busybox' }];
      const template = { spec: { containers, ...(restartPolicy === undefined ? {} : { restartPolicy }) } };
      const verdict = review(vcjob({ tasks: [task({ template })] }));
      const warnings = verdict.kind === 'allow' ? verdict.warnings.join() : 'refused';
      if (want === '') expect(warnings).to.equal('');
      else expect(warnings).to.include(`spec.tasks[0].template.spec.restartPolicy ${want}`);
    });
  }

  it("may not take one of the cluster's own priority classes", () => {
    const [line] = told(review(vcjob({ priorityClassName: 'system-node-critical' })));
    expect(line).to.match(/^spec\.priorityClassName: /);
  });

  it('takes the right to use the queue that it names, and none for the default one', () => {
    const cluster = view({ rights: { queues: 'enforce', bypass: 'off' }, defaults: { 'team-a': 'blue' } });
    const named = (queue: string): readonly string[] =>
      vcjobRights(request({ object: vcjob({ queue }) }), cluster).map(
        ({ verb, name, path }) => `${verb} ${name} ${path}`,
      );
    expect(named('red')).to.deep.equal(['use red spec.queue']);
    expect([...named('blue'), ...named('default'), ...named('')]).to.deep.equal([]);
  });

  it('of any shape is answered', () => {
    const shapes: readonly JsonValue[] = [null, 1, 'x', [], [null], {}, { a: [] }];
    for (const shape of shapes) {
      for (const field of ['tasks', 'policies', 'plugins', 'volumes', 'networkTopology', 'minAvailable']) {
        review(vcjob({ [field]: shape }));
      }
      for (const field of ['template', 'policies', 'dependsOn', 'partitionPolicy', 'replicas', 'minAvailable']) {
        review(vcjob({ tasks: [task({ [field]: shape })] }));
      }
    }
  });
});

describe('a change of a Job of Volcano', () => {
  const FIXED = 'job updates may not change fields other than `minAvailable`, `tasks[*].replicas under spec`';
  const changes: readonly (readonly [name: string, before: JsonObject, after: JsonObject, want: readonly string[]])[] =
    [
      ['of nothing passes', vcjob(), vcjob(), []],
      [
        'of how many pods passes',
        vcjob(),
        vcjob({ minAvailable: 1, tasks: [task({ replicas: 5, minAvailable: 1 })] }),
        [],
      ],
      ['of the priority passes', vcjob(), vcjob({ priorityClassName: 'high' }), []],
      [
        'that names a claim that was made passes',
        vcjob({ volumes: [{ mountPath: '/a', volumeClaim: {} }] }),
        vcjob({ volumes: [{ mountPath: '/a', volumeClaim: {}, volumeClaimName: 'made' }] }),
        [],
      ],
      [
        'of a claim that was named is refused',
        vcjob({ volumes: [{ mountPath: '/a', volumeClaimName: 'a' }] }),
        vcjob({ volumes: [{ mountPath: '/a', volumeClaimName: 'b' }] }),
        [`spec.volumes[0].volumeClaimName: ${FIXED}`],
      ],
      ['of the queue is refused', vcjob(), vcjob({ queue: 'red' }), [`spec.queue: ${FIXED}`]],
      [
        'that takes away what every object of JavaScript inherits is told as any other',
        vcjob({ toString: {} }),
        vcjob(),
        [`spec.toString: ${FIXED}`],
      ],
      [
        'of a template is refused',
        vcjob(),
        vcjob({ tasks: [task({ template: template({ hostname: 'x' }) })] }),
        [`spec.tasks[0].template: ${FIXED}`],
      ],
      [
        'that adds a task is refused',
        vcjob(),
        vcjob({ minAvailable: 2, tasks: [task(), task({ name: 'b' })] }),
        ['spec.tasks: job updates may not add or remove tasks: there were 1'],
      ],
      [
        'below nothing is refused',
        vcjob({ minAvailable: 1 }),
        vcjob({ minAvailable: 1, tasks: [task({ replicas: -1, minAvailable: 0 })] }),
        [
          "spec.tasks[0].replicas: 'replicas' must be >= 0 in task: worker",
          "spec.minAvailable: job 'minAvailable' must not be greater than total replicas (-1)",
        ],
      ],
      [
        'to a minimum of more than all is refused',
        vcjob(),
        vcjob({ minAvailable: 3 }),
        ["spec.minAvailable: job 'minAvailable' must not be greater than total replicas (2)"],
      ],
    ];
  for (const [name, before, after, want] of changes) {
    it(name, () => expect(told(change(before, after))).to.deep.equal(want));
  }

  it('of the status is nobody’s question', () => {
    const [object, oldObject] = [vcjob({ queue: 'red' }), vcjob()];
    const base = { operation: 'UPDATE', object, oldObject } as const;
    expect(summary(validateVcjobReview(request({ ...base, subresource: 'status' }), view()))).to.equal('allow');
  });

  it('of one on its way out is not looked at', () => {
    const oldObject = { ...vcjob(), metadata: { name: 'train', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const verdict = validateVcjobReview(
      request({ operation: 'UPDATE', object: vcjob({ queue: 'x' }), oldObject }),
      view(),
    );
    expect(summary(verdict)).to.equal('allow');
  });
});
