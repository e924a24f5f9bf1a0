import { expect } from 'chai';

import { readPodDeviceClaims } from '../../../src/api/projections/pod-device-claims.ts';

const pod = (resourceClaims: object[], resourceClaimStatuses: object[] = [], annotations: object = {}) =>
  readPodDeviceClaims({
    namespace: 'ns',
    uid: 'uid-a',
    annotations: annotations as never,
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
      { key: 'ns/b', podUid: 'uid-a', isMade: false, template: 'template' },
    ]);
  });

  it('say which wish they come from, where one does', () => {
    const claim = { className: 'gpu.nvidia.com', template: 'sluice-x' };
    const applied = JSON.stringify({ wish: '2 x h100', container: 'main', resources: {}, claim });
    const annotations = { 'sluice.dev/accelerators-applied': applied };
    const asked = [{ name: 'sluice-accelerators', resourceClaimTemplateName: 'sluice-x' }];
    const wished = { ...claim, wish: '2 x h100' };
    const [waiting] = pod(asked, [], annotations);
    expect(waiting).to.deep.include({ isMade: false, wished });
    const [made] = pod(asked, [{ name: 'sluice-accelerators', resourceClaimName: 'p-x' }], annotations);
    expect(made).to.deep.equal({ key: 'ns/p-x', podUid: 'uid-a', isMade: true, wished });
    expect(pod([{ name: 'own', resourceClaimTemplateName: 'sluice-x' }], [], annotations)[0]).to.not.have.property(
      'wished',
    );
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
