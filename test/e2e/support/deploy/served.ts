import type { ControlPlane } from '../../../control-plane/launch.ts';

/** A ready pod of the Deployment is a moment later among those that the Service of the webhooks leads to: waits for that. */
export async function untilServed(plane: Pick<ControlPlane, 'kubectl'>): Promise<void> {
  const slices = ['endpointslices', '-n', 'sluice-system', '-l', 'kubernetes.io/service-name=sluice-webhook'];
  const { code, stderr } = await plane.kubectl([
    'wait',
    ...slices,
    '--for=jsonpath={.endpoints[0].conditions.ready}=true',
    '--timeout=60s',
  ]);
  if (code !== 0) throw new Error(`The Service of the webhooks leads nowhere: ${stderr}`);
}
