#!/usr/bin/env node
import process from 'node:process';
import './least-node.js';
import './compile-cache.js';

const { main } = await import('../src/cli/main.ts');
process.exitCode = await main(process.argv);
