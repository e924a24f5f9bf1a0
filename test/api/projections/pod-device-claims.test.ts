import { expect } from 'chai';

import { readPodDeviceClaims } from '../../../src/api/projections/pod-device-claims.ts';

const pod = (resourceClaims: object[], resourceClaimStatuses: object[] = []) =>
  readPodDeviceClaims({
    namespace: 'ns',
    uid: 'uid-a',
    spec: { resourceClaims } as never,
    status: { resourceClaimStatuses } as never,
  });

describe('ResourceClaims of a pod', () => {
  it('are none for a pod that names none', () => expect(pod([])).to.deep.equal([]));

  it('are named by the pod or by its status, in the order of its spec', () => {
    expect(
      pod(
        [
          { name: 'b', resourceClaimTemplateName: 'template' },
          { name: 'a', resourceClaimName: 'shared' },
        ],
        [{ name: 'b', resourceClaimName: 'pod-b-x1' }],
      ),
    ).to.deep.equal([
      { key: 'ns/pod-b-x1', podUid: 'uid-a', isMade: true },
      { key: 'ns/shared', podUid: '', isMade: true },
    ]);
  });

  it('are not made before the status names them', () => {
    expect(pod([{ name: 'b', resourceClaimTemplateName: 'template' }])).to.deep.equal([
      { key: 'ns/b', podUid: 'uid-a', isMade: false },
    ]);
  });

  it('leave out one that was not needed, and name one once that is used twice', () => {
    expect(pod([{ name: 'b', resourceClaimTemplateName: 'template' }], [{ name: 'b' }])).to.deep.equal([]);
    const twice = [
      { name: 'a', resourceClaimName: 'shared' },
      { name: 'c', resourceClaimName: 'shared' },
    ];
    expect(pod(twice)).to.deep.equal([{ key: 'ns/shared', podUid: '', isMade: true }]);
  });
});
