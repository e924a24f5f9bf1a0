import type { ModelGeometries } from '../../src/api/cards/mig-geometries.ts';

/** As the device plugin's own installation has them for the A100 of 80 GB, in MiB. */
export const A100_GEOMETRIES: readonly ModelGeometries[] = [
  {
    models: ['A100-SXM4-80GB', 'A100-PCIE-80GB'],
    geometries: [
      { group: 'group1', profiles: [{ name: '1g.10gb', memory: 9728, count: 7 }] },
      {
        group: 'group2',
        profiles: [
          { name: '2g.20gb', memory: 19_968, count: 3 },
          { name: '1g.10gb', memory: 9728, count: 1 },
        ],
      },
      { group: 'group3', profiles: [{ name: '3g.40gb', memory: 40_192, count: 2 }] },
      { group: 'group4', profiles: [{ name: '7g.80gb', memory: 80_896, count: 1 }] },
    ],
  },
];

/** How the device plugin registers that card. */
export const A100 = { memory: 81_920, type: 'NVIDIA-NVIDIA A100-SXM4-80GB' };

/** The file under `device-config.yaml` of the ConfigMap that says so. */
export function deviceConfig(models: readonly ModelGeometries[]): string {
  const known = models.map(({ models: names, geometries }) => ({
    models: names,
    allowedGeometries: geometries.map(({ group, profiles }) => ({ group, geometries: profiles })),
  }));
  // JSON is YAML.
  return JSON.stringify({ nvidia: { resourceCountName: 'volcano.sh/vgpu-number', knownMigGeometries: known } });
}
