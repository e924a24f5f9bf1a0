#!/usr/bin/env node
import process from 'node:process';
import './least-node.js';
import './compile-cache.js';

const { main } = await import('../examples/quickstart/start.ts');
process.exit(await main(process.argv.slice(2)));
