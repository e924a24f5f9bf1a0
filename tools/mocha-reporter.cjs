'use strict';

const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { reporters } = require('mocha');

/**
 * Prints as the spec reporter does. Where SLUICE_SUMMARY_DIR names a folder, it leaves a file `PASSED FAILED` there for CI to sum up,
 * and one that tells what failed, since the end of a long log is what people see of it.
 */
class SpecWithSummary extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const folder = process.env.SLUICE_SUMMARY_DIR;
    if (folder === undefined || folder === '') return;
    runner.once('end', () => {
      mkdirSync(folder, { recursive: true });
      const file = join(folder, `mocha-${process.pid}`);
      writeFileSync(`${file}.count`, `${this.stats.passes} ${this.stats.failures}\n`);
      if (this.failures.length > 0) writeFileSync(`${file}.failed`, this.failures.map(told).join(''));
    });
  }
}

/** What failed, and the first lines of why. */
function told(test) {
  const why = String(test.err?.stack ?? test.err?.message ?? test.err);
  return `failed: ${test.fullTitle()}\n${why.split('\n').slice(0, 12).join('\n').slice(0, 1_500)}\n\n`;
}

module.exports = SpecWithSummary;
