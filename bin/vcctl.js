#!/usr/bin/env node
import process from 'node:process';
import './least-node.js';
import './compile-cache.js';

const { vcctl } = await import('../src/cli/vcctl/main.ts');
process.exitCode = await vcctl(process.argv);
