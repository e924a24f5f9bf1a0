import { expect } from 'chai';
import { readContainer } from '../containers/read-container.ts';
import type { Run } from '../containers/run.ts';

const ON: Run = { kind: 'runs-on' };
const UNKNOWN: Run = { kind: 'unknown' };

function ends(seconds: number, exitCode = 0): Run {
  return { kind: 'ends', seconds, exitCode };
}

const COMMANDS: readonly (readonly [readonly string[], Run])[] = [
  [['sleep', '5'], ends(5)],
  [['/bin/sleep', '0.5'], ends(0.5)],
  [['sleep', '1m', '30s'], ends(90)],
  [['sleep', '1', '2h'], ends(7_201)],
  [['sleep', 'infinity'], ON],
  [['sleep', 'long'], ends(0, 1)],
  [['sleep'], ends(0, 1)],
  [['--sleep', '5'], UNKNOWN],
  [['exit', '3'], ends(0, 3)],
  [['exit'], ends(0)],
  [['exit 3'], ends(0, 3)],
  [['true'], ends(0)],
  [['false'], ends(0, 1)],
  [['echo', 'hello'], ends(0)],
  [['python', 'train.py'], UNKNOWN],
  [['run'], UNKNOWN],
  [[], UNKNOWN],
  [['sh'], UNKNOWN],
  [['timeout', '5', 'sleep', '60'], ends(5, 124)],
  [['timeout', '5', 'sleep', '3'], ends(3)],
  [['env', 'A=1', 'sleep', '2'], ends(2)],
  [['tail', '-f', '/dev/null'], ON],
  [['tail', '/etc/hosts'], ends(0)],
];

const SCRIPTS: readonly (readonly [string, Run])[] = [
  ['sleep 1; exit 1', ends(1, 1)],
  ['sleep 1 && exit 4', ends(1, 4)],
  ['echo no; exit 3', ends(0, 3)],
  ['false || exit 7', ends(0, 7)],
  ['false && exit 7', ends(0, 1)],
  ['true && sleep 2 || exit 5', ends(2)],
  ['! false', ends(0)],
  ['exit 256', ends(0)],
  ['false; exit', ends(0, 1)],
  ['set -e; false; sleep 5', ends(0, 1)],
  ['set -e\nfalse || true\nsleep 5', ends(5)],
  ['set -e; if false; then sleep 1; fi; sleep 5', ends(5)],
  ['sleep 3 & sleep 1', ends(1)],
  ['sleep 3 & sleep 1; wait', ends(3)],
  ['sleep infinity & wait', ON],
  ['sleep 2 | sleep 5', ends(5)],
  ['echo "exit 3; sleep 9"', ends(0)],
  ["echo 'exit 3' # sleep 9\nsleep 1", ends(1)],
  ['echo done > /dev/null 2>&1; sleep 1', ends(1)],
  ['CODE=3; exit $CODE', ends(0, 3)],
  ['for i in $(seq 4); do sleep 1; done', ends(4)],
  ['for i in `seq 1 2 $(echo 7)`; do sleep $i; done; exit 2', ends(16, 2)],
  ['for i in $(seq 3 -1 1) $(seq 0); do sleep $i; done', ends(6)],
  ['E=1; for i in $(seq 9); do if nslookup master; then E=0 && break; fi; sleep 2; done; exit $E', UNKNOWN],
  ['for host in $(cat /etc/hosts); do sleep 1; done; exit 1', UNKNOWN],
  ['for i in $(seq 9 > list); do sleep 1; done', UNKNOWN],
  ['until [ "$(cat state)" = ready ]; do sleep 1; done', UNKNOWN],
  ['sleep $(cat delay)', UNKNOWN],
  ['sleep $(cat delay); sleep 1; exit 3', ends(1, 3)],
  ['exit $(cat code)', UNKNOWN],
  ['echo $(cat state); sleep 1', ends(1)],
  ['export N=2; sleep ${N}; exit "$N"', ends(2, 2)],
  ['false; exit $?', ends(0, 1)],
  ['if [ "$TASK" = 1 ]; then exit 2; else sleep 3; fi', ends(0, 2)],
  ['if test -f /done; then exit 0; elif true; then exit 4; fi', ends(0, 4)],
  ['for i in 1 2 3; do sleep $i; done; exit 9', ends(6, 9)],
  ['while true; do sleep 10; done', ON],
  ['while true; do sleep 2; break; done; exit 1', ends(2, 1)],
  ['until [ -n "$TASK" ]; do sleep 1; done', ends(0)],
  ['(exit 3); sleep 1', ends(1)],
  ['{ exit 3; }; sleep 1', ends(0, 3)],
  ['sh -c "sleep 1; exit 3"; sleep 1', ends(2)],
  ['exec sleep 4; exit 3', ends(4)],
  ['python train.py', UNKNOWN],
  ['sleep 5; python train.py', UNKNOWN],
  ['python train.py; sleep 3; exit 2', ends(3, 2)],
  ['HOSTS=`cat /etc/hosts | tr "\\n" ","`; mkdir -p /run/sshd; mpiexec --host ${HOSTS}', UNKNOWN],
  ['until nslookup db; do sleep 2; done', UNKNOWN],
  ['case $1 in a) exit 3;; esac', ends(0)],
  ['case $TASK in 0) sleep 9;; 1|2) sleep 2; exit 3;; *) exit 4;; esac; sleep 5', ends(2, 3)],
  ['case "$TASK" in\n  (0) exit 9 ;;\n  [!0]*) sleep 1\nesac\nsleep 1', ends(2)],
  ['case worker-1.x in worker-?.y) exit 1;; worker-*) exit 2; esac', ends(0, 2)],
  ['case $(cat role) in a) exit 3;; esac', UNKNOWN],
  ['echo "never closed', UNKNOWN],
  ['f() { exit 3; }; f', UNKNOWN],
];

describe('control plane: how a container goes, from its command', () => {
  for (const [command, run] of COMMANDS) {
    it(`${JSON.stringify(command)}: ${told(run)}`, () => {
      expect(readContainer({ name: 'c', image: 'x', command }, {}).run).to.deep.equal(run);
    });
  }

  for (const [script, run] of SCRIPTS) {
    it(`sh -c ${JSON.stringify(script)}: ${told(run)}`, () => {
      const env = [{ name: 'TASK', value: '1' }];
      expect(
        readContainer({ name: 'c', image: 'x', command: ['sh', '-c'], args: [script], env }, {}).run,
      ).to.deep.equal(run);
    });
  }

  it('stops at the first failure under sh -ec', () => {
    expect(readContainer({ command: ['/bin/bash', '-ec', 'false; sleep 5'] }, {}).run).to.deep.equal(ends(0, 1));
  });

  it('puts environment variables into the command as the API says', () => {
    const env = [{ name: 'N', value: '7' }];
    expect(readContainer({ command: ['sleep', '$(N)'], env }, {}).run).to.deep.equal(ends(7));
    expect(readContainer({ command: ['echo', '$$(N)', '$(M)'], env }, {}).run).to.deep.equal(ends(0));
  });

  it('knows of a pod what it tells its containers of itself', () => {
    const field = (name: string, fieldPath: string): object => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const env = [
      field('INDEX', "metadata.labels['batch.kubernetes.io/job-completion-index']"),
      field('NAME', 'metadata.name'),
      field('NODE', 'spec.nodeName'),
      field('IP', 'status.podIP'),
    ];
    const metadata = { name: 'worker-4', labels: { 'batch.kubernetes.io/job-completion-index': '4' } };
    const pod = { metadata, spec: { nodeName: 'node-0' } };
    const run = (script: string): Run => readContainer({ command: ['sh', '-c', script], env }, pod).run;
    expect(run('sleep $INDEX')).to.deep.equal(ends(4));
    expect(run('[ $NAME = worker-4 ] && [ $HOSTNAME = worker-4 ] && [ "$NODE$IP" = node-0 ]')).to.deep.equal(ends(0));
  });

  it('knows which programs a small image has', () => {
    const run = (image: string, ...command: readonly string[]): Run => readContainer({ image, command }, {}).run;
    expect(run('docker.io/library/busybox:1.36', 'sh', '-c', 'sleep 2 && train')).to.deep.equal(ends(2, 127));
    expect(run('busybox', 'train')).to.deep.equal({ ...ends(0, 128), reason: 'StartError' });
    expect(run('nginx:1.27', 'nginx', '-g', 'daemon off;')).to.deep.equal(ON);
    expect(run('busybox', '/opt/train')).to.deep.equal(UNKNOWN);
    expect(run('my-busybox-tools', 'train')).to.deep.equal(UNKNOWN);
  });
});

describe('control plane: how a container takes leave', () => {
  for (const [script, farewell] of [
    ['sleep 600', undefined],
    ["trap 'exit 0' TERM; sleep 600", { seconds: 0, exitCode: 0 }],
    ["trap 'sleep 5; exit 3' INT SIGTERM; sleep 600", { seconds: 5, exitCode: 3 }],
    ["trap 'echo no' 15; sleep 600", { seconds: Infinity, exitCode: 0 }],
    ["trap '' TERM; sleep 600", { seconds: Infinity, exitCode: 0 }],
    ["trap '' TERM; trap - TERM; sleep 600", undefined],
    ["trap 'exit 1' EXIT; sleep 600", undefined],
  ] as const) {
    it(`sh -c ${JSON.stringify(script)}: ${JSON.stringify(farewell)}`, () => {
      expect(readContainer({ command: ['sh', '-c', script] }, {}).farewell).to.deep.equal(farewell);
    });
  }

  for (const [preStop, seconds] of [
    [undefined, 0],
    [{ sleep: { seconds: 4 } }, 4],
    [{ exec: { command: ['sh', '-c', 'sleep 2; sleep 1'] } }, 3],
    [{ httpGet: { port: 80 } }, 0],
  ] as const) {
    it(`preStop ${JSON.stringify(preStop)}: ${seconds} s`, () => {
      expect(readContainer({ lifecycle: { preStop } }, {}).preStopSeconds).to.equal(seconds);
    });
  }
});

function told(run: Run): string {
  return run.kind === 'ends' ? `code ${run.exitCode} after ${run.seconds} s` : run.kind;
}
