#!/usr/bin/env node
import process from 'node:process';
import './least-node.js';
import './compile-cache.js';

const { main } = await import('../test/control-plane/main.ts');
process.exit(await main(process.argv.slice(2)));
