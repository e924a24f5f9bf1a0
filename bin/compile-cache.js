/*
 * What a start compiles is kept for the next one: stripping types and compiling is half of the time until a program
 * begins. Threads and child processes find the folder by the environment. Where it cannot be written, all goes on without.
 */
import module from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../.cache/compile', import.meta.url));
module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
