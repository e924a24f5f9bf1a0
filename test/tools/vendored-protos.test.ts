import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { PROTO_FOLDER } from '../../tools/protobuf/kubernetes.ts';
import { ROOT } from '../../tools/run-node.ts';
import { filesBelow } from '../../tools/source-file.ts';

describe("Kubernetes' .proto files in tools/protobuf", () => {
  it('are of the version of the control plane that the tests build, under their licence', async () => {
    const goMod = await readFile(join(ROOT, 'test/control-plane/go.mod'), 'utf8');
    const [, version] = /k8s\.io\/api (v[\d.]+)/.exec(goMod) ?? [];
    const files = await filesBelow(PROTO_FOLDER, ['.proto']);
    expect(files).to.not.deep.equal([]);
    for (const file of files) {
      const text = await readFile(join(ROOT, file), 'utf8');
      expect(text, file).to.include('Licensed under the Apache License, Version 2.0');
      expect(text, file).to.include(`version ${version}:`);
    }
  });
});
