/** Devices of each node of a shape that a driver tells in a ResourceSlice: all are alike. */
export type DeviceShape = {
  /** Such as `gpu.example.com`. */
  readonly driver: string;
  /** At most 128, which is what one slice holds. */
  readonly count: number;
  /** Texts, whole numbers, yes and no, or semantic versions. */
  readonly attributes?: Readonly<Record<string, AttributeShape>>;
  /** Quantities. */
  readonly capacity?: Readonly<Record<string, string>>;
};

type AttributeShape = string | number | boolean | { readonly version: string };

/** The ResourceSlices of one node, a pool each. */
export function slicesOf(node: string, shapes: readonly DeviceShape[] | undefined): readonly object[] {
  return (shapes ?? []).map(({ driver, count, attributes = {}, capacity = {} }) => ({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: { name: `${node}-${driver}` },
    spec: {
      driver,
      nodeName: node,
      pool: { name: node, generation: 1, resourceSliceCount: 1 },
      devices: Array.from({ length: count }, (_, i) => ({
        name: `device-${i}`,
        attributes: { index: { int: i }, ...mapped(attributes, attribute) },
        capacity: mapped(capacity, (value) => ({ value })),
      })),
    },
  }));
}

function attribute(value: AttributeShape): object {
  if (typeof value === 'object') return value;
  if (typeof value === 'number') return { int: value };
  return typeof value === 'boolean' ? { bool: value } : { string: value };
}

function mapped<T>(record: Readonly<Record<string, T>>, map: (value: T) => object): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
