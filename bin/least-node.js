// Plain JavaScript without newer syntax: an older Node must be able to read it and say what is wrong.
import process from 'node:process';

const LEAST_NODE_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < LEAST_NODE_MAJOR) {
  console.error(
    `Sluice needs Node ${LEAST_NODE_MAJOR} or newer (this is ${process.versions.node}); npm ci brings it: run through npm or npx`,
  );
  process.exit(1);
}
