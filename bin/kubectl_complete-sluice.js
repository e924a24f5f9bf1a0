#!/usr/bin/env node
// kubectl runs this for `kubectl sluice <Tab>`.
import process from 'node:process';
import './least-node.js';
import './compile-cache.js';

const { complete } = await import('../src/cli/main.ts');
complete(process.argv.slice(2));
