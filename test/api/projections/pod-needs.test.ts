import { expect } from 'chai';
import { scoredWishes, unsupportedNeeds } from '../../../src/api/projections/pod-needs.ts';

const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const CASES: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', {}, []],
  ['to be near others', { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } } }, []],
  ['claimed devices', { resourceClaims: [{ name: 'gpu' }] }, []],
  [
    'devices of a class',
    { containers: [{ resources: { requests: { 'deviceclass.resource.kubernetes.io/gpu': '1' } } }] },
    [],
  ],
  ['volumes of its own', { volumes: [{ emptyDir: {} }, { configMap: {} }] }, []],
  ['a claimed volume', { volumes: [{ persistentVolumeClaim: { claimName: 'a' } }] }, []],
  ['a volume that is claimed for it', { volumes: [{ ephemeral: {} }] }, []],
];

const WISHES: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'nothing',
    { topologySpreadConstraints: [{ whenUnsatisfiable: 'DoNotSchedule' }], affinity: { podAffinity: null } },
    [],
  ],
  ['others near it', { affinity: { podAffinity: { [PREFERRED]: [{}] } } }, ['preferred pod affinity']],
  ['others away from it', { affinity: { podAntiAffinity: { [PREFERRED]: [{}] } } }, ['preferred pod anti-affinity']],
  [
    'a spread',
    { topologySpreadConstraints: [{ whenUnsatisfiable: 'ScheduleAnyway' }] },
    ['topology spread that may be broken'],
  ],
];

describe('unsupportedNeeds of a pod that needs', () => {
  for (const [name, spec, want] of CASES) {
    it(`${name}: ${want.join(', ') || 'none'}`, () => expect(unsupportedNeeds(spec)).to.deep.equal(want));
  }
});

describe('scoredWishes of a pod that would like', () => {
  for (const [name, spec, want] of WISHES) {
    it(`${name}: ${want.join(', ') || 'none'}`, () => expect(scoredWishes(spec)).to.deep.equal(want));
  }
});
