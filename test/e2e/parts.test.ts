import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { GROUP_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { POD_GROUPS, PODS } from '../../src/api/resources.ts';
import { apiVersion } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied, optedInNamespace } from './support/manifest.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';

const PART = 'example.com/slice';

describe('a gang of three parts of two on a cluster with room for five pods', function () {
  this.timeout(180_000);
  let stage: Stage;
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;

  before(async () => {
    stage = await Stage.start({ nodes: [{ count: 1, cpu: '5', memory: '64Gi' }], kinds: [PODS, POD_GROUPS] });
    ({ plane, sluice, history } = stage);
  });

  after(async () => {
    await stage?.stop();
  });

  it('runs two parts while the third one waits whole, and that one too once there is room', async () => {
    const pods = [0, 1, 2, 3, 4, 5].map((n) => member(`p${n}`, String(Math.floor(n / 2))));
    await applied(plane, optedInNamespace('a'), group(), ...pods);
    await history.until('two parts run', () => (running().length === 4 ? true : undefined), 60_000);
    // What must not happen cannot be waited for.
    await sluice.during(sleep(5000));
    expect(running()).to.have.length(4);
    expect(new Set(running()).size).to.equal(2);
    await plane.applyNodes([{ count: 1, cpu: '1', memory: '64Gi', namePrefix: 'more' }]);
    await history.until('the third part runs', () => (running().length === 6 ? true : undefined), 60_000);
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
  });

  it('is refused with the path of the field when its policies cannot be kept', async () => {
    const message = await applied(plane, group({ minSubGroups: 2, matchLabelKeys: [] })).catch(String);
    expect(message).to.include('spec.subGroupPolicy[0].minSubGroups').and.to.include('InvalidSubGroupPolicy');
  });

  /** Of each pod that runs its part. */
  function running(): string[] {
    const found = history.all(PODS).filter((each) => stringAt(each, ['status', 'phase']) === 'Running');
    return found.map((each) => stringAt(each, ['metadata', 'labels', PART]));
  }
});

function group(overrides: object = {}): object {
  const policy = { name: 'slice', subGroupSize: 2, minSubGroups: 2, matchLabelKeys: [PART], ...overrides };
  return {
    apiVersion: apiVersion(POD_GROUPS),
    kind: POD_GROUPS.kind,
    metadata: { name: 'g', namespace: 'a' },
    spec: { minMember: 4, queue: 'default', subGroupPolicy: [policy] },
  };
}

function member(name: string, part: string): object {
  const annotations = { [GROUP_NAME_ANNOTATION]: 'g' };
  const containers = [{ name: 'main', image: 'none', resources: { requests: { cpu: '1' } } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'a', labels: { [PART]: part }, annotations },
    spec: { restartPolicy: 'Never', schedulerName: 'sluice', containers },
  };
}
