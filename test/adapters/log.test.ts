import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createLogger } from '../../src/adapters/log.ts';
import type { LogOptions } from '../../src/adapters/log.ts';

const LAST_WORDS = `
  import { createLogger } from './src/adapters/log.ts';
  createLogger({ level: 'info', pretty: false }).error('last words');
  process.exit(3);
`;

describe('log', () => {
  it('writes one JSON object a line', () => {
    const [line] = written({ level: 'info', pretty: false, fields: { role: 'engine' } });
    const { time, ...rest } = JSON.parse(line ?? '') as Record<string, unknown>;
    expect(time).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(rest).to.deep.equal({ level: 'info', role: 'engine', msg: 'said', pods: 3, why: 'two words' });
  });

  it('writes one line for people', () => {
    const [line] = written({ level: 'info', pretty: true });
    expect(line).to.match(/^\d\d:\d\d:\d\d\.\d{3} info {2}said pods=3 why="two words"\n$/);
  });

  it('leaves out what is below its level', () => {
    expect(written({ level: 'warn', pretty: false })).to.deep.equal([]);
  });

  it('keeps a line break inside a field from starting a line', () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'info', pretty: true, write: (line) => lines.push(line) });
    log.info('x', { text: 'a\nb' });
    expect(lines.join('').split('\n')).to.have.length(2);
  });

  it('shows control characters of messages and fields instead of obeying them', () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'info', pretty: true, write: (line) => lines.push(line) });
    log.info('said \u001b[31mred', { name: '\u001b]0;title\u0007', marks: 'a\u202eb' });
    const control = /[\p{Cc}\p{Cf}]/u;
    expect(lines.map((line) => control.test(line.trimEnd()))).to.deep.equal([false]);
    expect(lines[0]).to.contain('said \\u001b[31mred').and.to.contain('\\u202e');
  });

  it('does not lose the last line before an exit', async () => {
    const args = ['--input-type=module-typescript', '--eval', LAST_WORDS];
    const failed: unknown = await promisify(execFile)(process.execPath, args).catch((error: unknown) => error);
    expect(failed).to.include({ code: 3 });
    expect((failed as { stderr: string }).stderr).to.contain('last words');
  });
});

function written(options: LogOptions): readonly string[] {
  const lines: string[] = [];
  const log = createLogger({ ...options, write: (line) => lines.push(line) });
  log.debug('not said');
  log.info('said', { pods: 3, why: 'two words' });
  return lines;
}
