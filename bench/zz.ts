import { benchScene } from './core-scenes.ts';
import type { SceneName } from './core-scenes.ts';
console.log(benchScene({ scene: process.argv[2] as SceneName, runs: Number(process.argv[3] ?? 100) }));
