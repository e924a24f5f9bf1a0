import type { ControlPlane } from '../../../control-plane/launch.ts';

/** Every object of the cluster as `kind.group/namespace/name`, in order; kinds that only tell what happened are left out. */
export async function objectList(plane: ControlPlane): Promise<readonly string[]> {
  const kinds = await said(plane, ['api-resources', '--verbs=list', '-o', 'name']);
  const names = kinds.filter((kind) => !kind.startsWith('events'));
  const template = `{{range .items}}{{.kind}} {{.apiVersion}} {{with .metadata.namespace}}{{.}}{{end}}/{{.metadata.name}}{{"\\n"}}{{end}}`;
  const lines = await said(plane, [
    'get',
    names.join(','),
    '-A',
    '--ignore-not-found',
    '-o',
    `go-template=${template}`,
  ]);
  return lines.toSorted();
}

async function said(plane: ControlPlane, args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await plane.kubectl(args);
  if (code !== 0) throw new Error(stderr);
  return stdout.split('\n').filter((line) => line !== '');
}
