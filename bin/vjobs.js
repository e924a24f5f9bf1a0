#!/usr/bin/env node
import process from 'node:process';
import './least-node.js';
import './compile-cache.js';

const { oldCommand } = await import('../src/cli/vcctl/main.ts');
process.exitCode = await oldCommand('vjobs', process.argv);
