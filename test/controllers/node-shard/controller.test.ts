import { expect } from 'chai';
import { NO_SUBMITTER_KEYS } from '../../../src/api/submitter-claim.ts';
import { NO_SETTINGS } from '../../../src/api/controller-settings.ts';
import type { ControllerSettings } from '../../../src/api/controller-settings.ts';
import { NODES, PODS } from '../../../src/api/resources.ts';
import { NODE_SHARD } from '../../../src/controllers/node-shard/controller.ts';
import { KindStores } from '../../../src/engine/control/kind-stores.ts';
import { makeNode, makePod, makeShape } from '../../support/records.ts';

/** Two nodes of 4 CPUs; one has a pod of 3 that runs, the other one that is over. */
function stores(): KindStores {
  const made = new KindStores();
  for (const { kind } of NODE_SHARD.watches) made.listen(kind, () => undefined);
  const nodes = ['n1', 'n2'].map((name) => makeNode(name, { cpu: 4000 }));
  made.apply(NODES, [{ kind: 'replace', records: nodes }]);
  const pods = [
    makePod('runs', '', makeShape({ cpu: 3000 }), { nodeName: 'n1' }),
    makePod('over', '', makeShape({ cpu: 3000 }), { nodeName: 'n2', phase: 'Succeeded' }),
  ];
  made.apply(PODS, [{ kind: 'replace', records: pods }]);
  return made;
}

function settings(isEventful: boolean, syncMs: number): ControllerSettings {
  const schedulers = [
    { name: 'busy', policies: [{ name: 'allocation-rate', weight: 1, min: 0.75, max: 1 } as const] },
    { name: 'idle', policies: [] },
  ];
  return { ...NO_SETTINGS, sharding: { value: { schedulers, syncMs, isEventful }, complaint: undefined } };
}

function reconciled(key: string, said: ControllerSettings): readonly string[] {
  const look = {
    view: stores(),
    ownNamespace: '',
    nowMs: 0,
    settings: said,
    told: () => new Set<string>(),
    answerTo: () => undefined,
    submitterKeys: NO_SUBMITTER_KEYS,
  };
  return NODE_SHARD.reconcile(key, look).map((effect) => {
    if (effect.kind === 'requeueAfter') return `again in ${effect.requeueAfterMs}`;
    if (effect.kind === 'event') return `${effect.reason} ${effect.regarding.name}`;
    return effect.kind === 'create' ? `${effect.name} ${JSON.stringify(effect.body['spec'])}` : effect.kind;
  });
}

describe('the controller of NodeShards', () => {
  const made = ['busy {"nodesDesired":["n1"]}', 'idle {"nodesDesired":["n2"]}'];

  it('counts what pods that are not over ask for of their nodes, and comes back to count again', () => {
    expect(reconciled('time', settings(true, 60_000))).to.deep.equal([...made, 'again in 5000']);
  });

  it('looks at nodes as they change', () => {
    expect(reconciled('nodes', settings(true, 60_000))).to.deep.equal(made);
  });

  it('looks at nothing but the time where it is told so', () => {
    expect(reconciled('nodes', settings(false, 60_000))).to.deep.equal([]);
    expect(reconciled('time', settings(false, 60_000))).to.deep.equal([...made, 'again in 60000']);
  });

  it('does nothing without a configuration but to say what is wrong with it', () => {
    expect(reconciled('time', NO_SETTINGS)).to.deep.equal([]);
    const object = { namespace: 'ns', name: 'conf', uid: 'u' };
    const complaint = { code: 'ConfigurationRefused', problem: 'p', object } as const;
    const said = { ...NO_SETTINGS, sharding: { value: undefined, complaint } };
    expect(reconciled('time', said)).to.deep.equal(['ConfigurationRefused conf']);
  });
});
