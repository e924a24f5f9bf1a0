import { expect } from 'chai';
import { stringify } from 'yaml';
import { POLICIES_PROBLEM_ANNOTATION, POLICY_SOURCE_ANNOTATION } from '../../../src/api/keys.ts';
import { projectPolicy } from '../../../src/api/projections/policy.ts';
import { projectPolicyMap } from '../../../src/api/projections/policy-map.ts';
import type { PolicyRecord } from '../../../src/api/records/policy-record.ts';
import type { Effect } from '../../../src/controllers/effect.ts';
import { reconcilePolicyMap } from '../../../src/controllers/policy-map/reconcile.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { withoutAmbient } from '../../support/pure.ts';

const OWN = 'sluice-system';
const SPEC = { set: { queue: { name: 'a' } } };
const OTHER = { set: { queue: { name: 'b' } } };

function text(name: string, spec: JsonObject, kind = 'WorkloadPolicy'): string {
  return stringify({ apiVersion: 'sluice.dev/v1alpha1', kind, metadata: { name }, spec });
}

interface World {
  /** Undefined where there is no ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly problem?: string;
  readonly policies?: readonly PolicyRecord[];
}

function policy(name: string, spec: JsonObject, source: string, more: JsonObject = {}): PolicyRecord {
  const annotations = { [POLICY_SOURCE_ANNOTATION]: source };
  const metadata = { uid: `u-${name}`, resourceVersion: '7', ...more, name, annotations };
  const record = projectPolicy({ metadata, spec });
  if (record === undefined) throw new Error('no record');
  return record;
}

function effects({ data, namespace = OWN, problem, policies = [] }: World): readonly Effect[] {
  const annotations = problem === undefined ? {} : { [POLICIES_PROBLEM_ANNOTATION]: problem };
  const metadata = { name: 'm', namespace, uid: 'u', resourceVersion: '3', annotations };
  const key = `${namespace}/m`;
  return withoutAmbient(() =>
    reconcilePolicyMap({
      key,
      map: data && projectPolicyMap({ metadata, data }),
      ownNamespace: OWN,
      made: policies.filter(({ source }) => source === key),
      policyOf: (id) => policies.find((record) => record.key === id),
      told: new Set(),
    }),
  );
}

/** `create WorkloadPolicy gpu {...}`, in order; of events and annotations the words. */
function shown(world: World): readonly string[] {
  return effects(world).map((effect) => {
    if (effect.kind === 'event') return `${effect.reason}: ${effect.note}`;
    if (effect.kind === 'create') return `create ${effect.type.kind} ${effect.namespace}/${effect.name}`;
    if (effect.kind === 'patch') return `patch ${effect.type.kind} ${effect.name} ${JSON.stringify(effect.body)}`;
    if (effect.kind === 'delete') return `delete ${effect.name} of version ${effect.precondition.resourceVersion}`;
    return effect.kind;
  });
}

const HERE = `${OWN}/m`;
const TAKEN = 'data[a][0].metadata.name: there is a WorkloadPolicy gpu already that does not come from here';

function annotated(value: string | null): string {
  return `patch ConfigMap m ${JSON.stringify({ metadata: { annotations: { [POLICIES_PROBLEM_ANNOTATION]: value } } })}`;
}

describe('policies of a ConfigMap', () => {
  const rows: Readonly<Record<string, readonly [World, readonly string[]]>> = {
    'are made': [{ data: { a: text('gpu', SPEC) } }, ['create WorkloadPolicy /gpu']],
    'of a namespace are made in it': [
      { namespace: 'team', data: { a: text('gpu', SPEC, 'NamespacedWorkloadPolicy') } },
      ['create NamespacedWorkloadPolicy team/gpu'],
    ],
    'that are as they should be are left alone, whatever the API server filled in': [
      {
        data: { a: text('gpu', SPEC) },
        policies: [policy('gpu', { ...SPEC, priority: 0, enforcement: 'Enforce' }, HERE)],
      },
      [],
    ],
    'that somebody changed are changed back': [
      { data: { a: text('gpu', SPEC) }, policies: [policy('gpu', { ...OTHER, priority: 9 }, HERE)] },
      ['patch WorkloadPolicy gpu {"spec":{"priority":null,"set":{"queue":{"name":"a"}}}}'],
    ],
    'that cannot be read as they are stored are made anew': [
      { data: { a: text('gpu', SPEC) }, policies: [policy('gpu', {}, HERE)] },
      ['delete gpu of version 7'],
    ],
    'that the ConfigMap has no more are deleted': [
      { data: { a: text('gpu', SPEC) }, policies: [policy('gpu', SPEC, HERE), policy('old', SPEC, HERE)] },
      ['delete old of version 7'],
    ],
    'are deleted with it': [{ policies: [policy('gpu', SPEC, HERE)] }, ['delete gpu of version 7']],
    'that are being deleted are waited for': [
      {
        data: { a: text('gpu', SPEC) },
        policies: [policy('gpu', OTHER, HERE, { deletionTimestamp: '2030-01-01T00:00:00Z' })],
      },
      [],
    ],
    'yield to one that was made by hand, which is told': [
      { data: { a: text('gpu', SPEC), b: text('cpu', SPEC) }, policies: [policy('gpu', OTHER, '')] },
      ['create WorkloadPolicy /cpu', `PolicyNameTaken: ${TAKEN}`, annotated(TAKEN)],
    ],
    'yield to one of another ConfigMap': [
      { data: { a: text('gpu', SPEC) }, problem: TAKEN, policies: [policy('gpu', OTHER, `${OWN}/other`)] },
      [`PolicyNameTaken: ${TAKEN}`],
    ],
    'stay as they are while it has a mistake': [
      { data: { a: text('cpu', SPEC), b: 'a: [' }, policies: [policy('gpu', SPEC, HERE)] },
      [],
    ],
    'stay as they are while it is empty': [{ data: {}, policies: [policy('gpu', SPEC, HERE)] }, []],
    'of the cluster come from no other namespace': [{ namespace: 'team', data: { a: text('gpu', SPEC) } }, []],
    'are said to be in force again': [
      { data: { a: text('gpu', SPEC) }, problem: 'was broken', policies: [policy('gpu', SPEC, HERE)] },
      [annotated(null)],
    ],
  };
  const problems: Readonly<Record<string, string>> = {
    'stay as they are while it has a mistake':
      'data[b][0]: is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    'stay as they are while it is empty': 'data: holds no policy',
    'of the cluster come from no other namespace':
      'data[a][0].kind: policies of the cluster come from ConfigMaps in namespace sluice-system',
  };
  for (const [name, [world, wanted]] of Object.entries(rows)) {
    const problem = problems[name];
    const told = problem === undefined ? [] : [`PolicyNotReadable: ${problem}`, annotated(problem)];
    it(name, () => expect(shown(world)).to.deep.equal([...wanted, ...told]));
  }

  it('say where they come from', () => {
    const [made] = effects({ data: { a: text('gpu', SPEC) } });
    expect(made?.kind === 'create' && made.body).to.deep.equal({
      apiVersion: 'sluice.dev/v1alpha1',
      kind: 'WorkloadPolicy',
      metadata: { name: 'gpu', annotations: { [POLICY_SOURCE_ANNOTATION]: HERE } },
      spec: SPEC,
    });
  });
});
