/** A template of a pod of one CPU, as every pod of a trial is. */
export function podTemplate(container = 'main', spec: object = {}): object {
  const resources = { requests: { cpu: '1' } };
  return { spec: { ...spec, containers: [{ name: container, image: 'none', resources }] } };
}
