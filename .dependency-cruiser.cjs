'use strict';

const { cruiserRules } = require('./tools/lint/cruiser-rules.ts');

/** Without `parser: 'swc'` the cruiser reads no TypeScript 7 and reports success over nothing. */
module.exports = {
  forbidden: cruiserRules(),
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.cache|\\.sluice|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json', '.d.ts'],
    },
  },
};
