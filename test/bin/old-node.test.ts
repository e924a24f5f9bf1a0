import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

/** Makes the program believe that it runs on an older Node. */
const PRETEND =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.19.0"}})';

describe('a program started with an older Node', () => {
  for (const program of ['sluice.js', 'start.js', 'control-plane.js']) {
    it(`says so in one line: bin/${program}`, () => {
      const path = fileURLToPath(new URL(`../../bin/${program}`, import.meta.url));
      const { status, stderr, stdout } = spawnSync(process.execPath, ['--import', PRETEND, path], { encoding: 'utf8' });
      expect(stderr.trim().split('\n')).to.have.length(1);
      expect(stderr).to.include('needs Node 24 or newer (this is 20.19.0)');
      expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' });
    });
  }
});
