import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { GROUP_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { HYPER_NODES, POD_GROUPS, PODS } from '../../src/api/resources.ts';
import { apiVersion } from '../../src/api/resources.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
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

  it('stands within one domain of the network, and waits for a tier that no HyperNode has', async () => {
    await plane.applyNodes([
      { count: 1, cpu: '4', memory: '64Gi', namePrefix: 'far' },
      { count: 2, cpu: '2', memory: '64Gi', namePrefix: 'near' },
    ]);
    const near = { mode: 'hard', highestTierName: 'rack' };
    const pods = [0, 1, 2, 3].map((n) => member(`near${n}`, '', 'near'));
    await applied(plane, gang('near', { minMember: 4, networkTopology: near }), ...pods);
    const waits = (): string | undefined => {
      const found = history.all(PODS).filter((each) => stringAt(each, ['metadata', 'name']).startsWith('near'));
      const conditions = found.flatMap((each) => arrayAt(each, 'status', 'conditions'));
      const isTold = conditions.some((condition) => stringAt(condition, ['reason']) === 'NoSuchTier');
      return isTold ? 'it waits' : undefined;
    };
    await history.until('the gang is told that there is no such tier', waits, 60_000);
    await applied(plane, rack('near'), rack('far'));
    const nodes = (): readonly string[] => {
      const own = history.all(PODS).filter((each) => stringAt(each, ['metadata', 'name']).startsWith('near'));
      return own.map((each) => stringAt(each, ['spec', 'nodeName'])).filter((node) => node !== '');
    };
    await history.until('the gang is bound', () => (nodes().length === 4 ? true : undefined), 60_000);
    expect(new Set(nodes().map((node) => node.split('-')[0])).size).to.equal(1);
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
  return gang('g', { minMember: 4, subGroupPolicy: [policy] });
}

function gang(name: string, spec: object): object {
  return {
    apiVersion: apiVersion(POD_GROUPS),
    kind: POD_GROUPS.kind,
    metadata: { name, namespace: 'a' },
    spec: { queue: 'default', ...spec },
  };
}

/** The nodes whose names begin so are a rack. */
function rack(prefix: string): object {
  const members = [{ type: 'Node', selector: { regexMatch: { pattern: `^${prefix}-` } } }];
  return {
    apiVersion: apiVersion(HYPER_NODES),
    kind: HYPER_NODES.kind,
    metadata: { name: prefix },
    spec: { tier: 1, tierName: 'rack', members },
  };
}

function member(name: string, part: string, of = 'g'): object {
  const annotations = { [GROUP_NAME_ANNOTATION]: of };
  const containers = [{ name: 'main', image: 'none', resources: { requests: { cpu: '1' } } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'a', labels: { [PART]: part }, annotations },
    spec: { restartPolicy: 'Never', schedulerName: 'sluice', containers },
  };
}
