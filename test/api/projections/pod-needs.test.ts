import { expect } from 'chai';
import { unsupportedNeeds } from '../../../src/api/projections/pod-needs.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const CASES: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', {}, []],
  ['rules without a term', { affinity: { podAffinity: { [REQUIRED]: [] }, podAntiAffinity: null } }, []],
  ['wishes', { affinity: { podAntiAffinity: { [PREFERRED]: [{}] } } }, []],
  ['to be near others', { affinity: { podAffinity: { [REQUIRED]: [{}] } } }, ['required pod affinity']],
  ['to be away from others', { affinity: { podAntiAffinity: { [REQUIRED]: [{}] } } }, ['required pod anti-affinity']],
  ['to be spread if possible', { topologySpreadConstraints: [{ whenUnsatisfiable: 'ScheduleAnyway' }] }, []],
  ['to be spread', { topologySpreadConstraints: [{ whenUnsatisfiable: 'DoNotSchedule' }] }, ['hard topology spread']],
  ['to be spread by default', { topologySpreadConstraints: [{}] }, ['hard topology spread']],
  ['devices', { resourceClaims: [{ name: 'gpu' }] }, ['resource claims']],
  ['volumes of its own', { volumes: [{ emptyDir: {} }, { configMap: {} }] }, []],
  ['a claimed volume', { volumes: [{ persistentVolumeClaim: { claimName: 'a' } }] }, ['volumes of claims']],
  ['a volume that is claimed for it', { volumes: [{ ephemeral: {} }] }, ['volumes of claims']],
];

describe('unsupportedNeeds of a pod that needs', () => {
  for (const [name, spec, want] of CASES) {
    it(`${name}: ${want.join(', ') || 'none'}`, () => expect(unsupportedNeeds(spec)).to.deep.equal(want));
  }
});
