import { apiVersion, NUMATOPOLOGIES } from '../../src/api/resources.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { nodesOf } from './node-shape.ts';
import type { NodeShape } from './node-shape.ts';

/** The Numatopologies of the nodes of a shape, as an exporter writes them while nothing runs there; none for most shapes. */
export function numatopologiesOf(shape: NodeShape): readonly JsonObject[] {
  const { numa, cpu } = shape;
  if (numa === undefined) return [];
  const { zones, policy = 'single-numa-node', scope } = numa;
  const capacity = Number(cpu);
  const places = Array.from({ length: capacity }, (_, core) => {
    const zone = Math.floor((core * zones) / capacity);
    return [String(core), { numa: zone, socket: zone, core }] as const;
  });
  const spec = {
    policies: {
      CPUManagerPolicy: 'static',
      TopologyManagerPolicy: policy,
      ...(scope === undefined ? {} : { TopologyManagerScope: scope }),
    },
    resReserved: { cpu: '0' },
    numares: { cpu: { allocatable: `0-${capacity - 1}`, capacity } },
    cpuDetail: Object.fromEntries(places),
  };
  return nodesOf(shape).map(({ metadata: { name } }) => {
    return { apiVersion: apiVersion(NUMATOPOLOGIES), kind: NUMATOPOLOGIES.kind, metadata: { name }, spec };
  });
}
