import { expect } from 'chai';
import { arrayAt, memberAt, numberAt, stringAt } from '../../../src/lib/json.ts';
import { PodLife } from '../containers/pod-life.ts';
import { isPlain, readPodPlan } from '../containers/pod-plan.ts';
import { podStatus } from '../containers/pod-status.ts';

interface Spec {
  readonly restartPolicy?: string;
  /** Scripts of the containers; a name of a sidecar begins with `+`. */
  readonly init?: readonly string[];
  readonly main: readonly string[];
}

const BEGIN_MS = Date.parse('2030-01-01T00:00:00Z');

describe('control plane: the life of a pod', () => {
  const table: readonly (readonly [string, Spec, readonly (readonly [number, string])[]])[] = [
    [
      'ends well when all its containers have',
      { restartPolicy: 'Never', main: ['sleep 2', 'sleep 4'] },
      [
        [0, 'Running: running, running'],
        [2, 'Running: Completed 0, running'],
        [4, 'Succeeded: Completed 0, Completed 0'],
      ],
    ],
    [
      'has failed when one of its containers has',
      { restartPolicy: 'Never', main: ['sleep 1; exit 3', 'sleep 2'] },
      [
        [1, 'Running: Error 3, running'],
        [2, 'Failed: Error 3, Completed 0'],
      ],
    ],
    [
      'runs on beside a container that has ended',
      { restartPolicy: 'Never', main: ['exit 1', 'serve'] },
      [[3_600, 'Running: Error 1, running']],
    ],
    [
      'starts a failed container again: at once, after 10 s, after 20 s',
      { restartPolicy: 'OnFailure', main: ['sleep 1; exit 1'] },
      [
        [1, 'Running: running after 1'],
        [2, 'Running: CrashLoopBackOff after 1'],
        [12, 'Running: running after 2'],
        [13, 'Running: CrashLoopBackOff after 2'],
        [33, 'Running: running after 3'],
      ],
    ],
    [
      'lets success be under OnFailure',
      { restartPolicy: 'OnFailure', main: ['sleep 1'] },
      [[1, 'Succeeded: Completed 0']],
    ],
    ['starts success again under Always', { main: ['sleep 1'] }, [[1, 'Running: running after 1']]],
    [
      'waits for one init container after the other',
      { restartPolicy: 'Never', init: ['sleep 2', 'sleep 1'], main: ['sleep 1'] },
      [
        [0, 'Pending: running, PodInitializing, PodInitializing'],
        [2, 'Pending: Completed 0, running, PodInitializing'],
        [3, 'Running: Completed 0, Completed 0, running'],
        [4, 'Succeeded: Completed 0, Completed 0, Completed 0'],
      ],
    ],
    [
      'fails with an init container that is not started again',
      { restartPolicy: 'Never', init: ['exit 2'], main: ['serve'] },
      [[0, 'Failed: Error 2, PodInitializing']],
    ],
    [
      'starts an init container again that failed, but none that is done',
      { init: ['sleep 1; exit 2'], main: ['serve'] },
      [
        [1, 'Pending: running after 1, PodInitializing'],
        [2, 'Pending: CrashLoopBackOff after 1, PodInitializing'],
      ],
    ],
    [
      'takes init containers for done whose command says nothing',
      { init: ['prepare'], main: ['serve'] },
      [[0, 'Running: Completed 0, running']],
    ],
    [
      'runs a sidecar until its own containers have ended',
      { restartPolicy: 'Never', init: ['+serve'], main: ['sleep 2'] },
      [
        [0, 'Running: running, running'],
        [2, 'Succeeded: Error 137, Completed 0'],
      ],
    ],
  ];
  for (const [name, spec, moments] of table) {
    it(name, () => {
      const life = new PodLife(readPodPlan(podOf(spec)));
      for (const [second, expected] of moments) {
        life.advance(BEGIN_MS);
        while (life.nextMs <= BEGIN_MS + second * 1_000) life.advance(life.nextMs);
        expect(outline(life, second), `after ${second} s`).to.equal(expected);
      }
    });
  }

  for (const [script, second, expected] of [
    ["trap 'sleep 5; exit 0' TERM; sleep 600", 15, 'Succeeded: Completed 0'],
    ["trap 'sleep 5; exit 7' TERM; sleep 600", 15, 'Failed: Error 7'],
    ["trap '' TERM; sleep 600", 40, 'Failed: Error 137'],
    ["trap '' TERM; sleep 18; exit 4", 18, 'Failed: Error 4'],
    ['sleep 600', 10, 'Failed: Error 143'],
  ] as const) {
    it(`that is deleted after 10 s with 30 s of grace, ${script}: ${expected} after ${second} s`, () => {
      const life = new PodLife(readPodPlan(podOf({ main: [script] })));
      life.startWhole(BEGIN_MS);
      life.terminate(BEGIN_MS + 10_000, 30);
      life.advance(BEGIN_MS + second * 1_000 - 1);
      const wasOver = life.isOver;
      life.advance(BEGIN_MS + second * 1_000);
      expect([wasOver, life.isOver]).to.deep.equal([second === 10, true]);
      expect(outline(life, second)).to.equal(expected);
    });
  }

  it('tells readiness with the reasons of a kubelet', () => {
    const life = new PodLife(
      readPodPlan(podOf({ restartPolicy: 'Never', init: ['sleep 1'], main: ['sleep 1; exit 1'] })),
    );
    const told: unknown[] = [];
    for (const second of [0, 1, 2]) {
      life.advance(BEGIN_MS + second * 1_000);
      const conditions = arrayAt(podStatus(life, BEGIN_MS), 'conditions');
      told.push(conditions.map((each) => `${stringAt(each, ['status'])} ${stringAt(each, ['reason'])}`.trim()));
    }
    expect(told).to.deep.equal([
      ['False ContainersNotInitialized', 'False ContainersNotReady', 'False ContainersNotReady'],
      ['True', 'True', 'True'],
      ['True', 'False PodFailed', 'False PodFailed'],
    ]);
  });

  it('leaves to kwok what starts at once, runs on, and goes at once', () => {
    const plain = (spec: object): boolean => isPlain(readPodPlan({ spec }));
    expect(plain({ containers: [{ command: ['serve'] }, {}], initContainers: [{}] })).to.equal(true);
    expect(plain({ containers: [{ command: ['sleep', 'infinity'] }] })).to.equal(true);
    expect(plain({ containers: [{ command: ['sleep', '1'] }] })).to.equal(false);
    expect(plain({ containers: [{}], initContainers: [{ args: ['prepare'] }] })).to.equal(false);
    expect(plain({ containers: [{ lifecycle: { preStop: { sleep: { seconds: 1 } } } }] })).to.equal(false);
  });
});

function podOf({ restartPolicy = 'Always', init = [], main }: Spec): object {
  const container = (script: string, at: number): object => ({
    name: `c${at}`,
    command: ['sh', '-c', script.replace('+', '')],
    ...(script.startsWith('+') ? { restartPolicy: 'Always' } : {}),
  });
  return { spec: { restartPolicy, initContainers: init.map(container), containers: main.map(container) } };
}

/** The phase, and of each container its state and how often it was started again. */
function outline(life: PodLife, second: number): string {
  const status = podStatus(life, BEGIN_MS + second * 1_000);
  const containers = [...arrayAt(status, 'initContainerStatuses'), ...arrayAt(status, 'containerStatuses')];
  const states = containers.map((each) => {
    const ended = stringAt(each, ['state', 'terminated', 'reason']);
    const waits = stringAt(each, ['state', 'waiting', 'reason']);
    const what = memberAt(each, 'state', 'running') === undefined ? `${ended}${waits}` : 'running';
    const code = ended === '' ? '' : ` ${numberAt(each, ['state', 'terminated', 'exitCode'], -1)}`;
    const restarts = numberAt(each, ['restartCount'], -1);
    return `${what}${code}${restarts === 0 ? '' : ` after ${restarts}`}`;
  });
  return `${life.phase}: ${states.join(', ')}`;
}
