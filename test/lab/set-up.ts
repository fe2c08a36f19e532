/** Brings the lab up before the stories and takes it down after them, whatever came of them. */
import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { labScript } from './script.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why no lab can run here; empty where one can. */
    readonly whyNoLab: string;
  }
}

/** Daemons here take a fifth of the time of the real ones to start, unless told otherwise. */
const env = { LAB_SCALE: '0.2', ...process.env };
const run = (...words: readonly string[]) => spawnSync(labScript, words, { stdio: 'inherit', env });

export default (project: TestProject): (() => void) | undefined => {
  const check = spawnSync(labScript, ['check'], { encoding: 'utf8' });
  const why = check.status === 0 ? '' : check.stdout.trim() || String(check.error ?? check.stderr);
  project.provide('whyNoLab', why);
  if (why !== '') {
    const text = `the lab cannot run here: ${why.replaceAll('\n', '; ')}`;
    if (process.env.CI) throw new Error(text);
    process.stderr.write(`plasmatop: ${text}\n`);
    return undefined;
  }
  // One that a killed run left behind would be in the way.
  run('down');
  if (run('up', '3').status !== 0) {
    run('down');
    throw new Error('the lab did not come up; its own words are above');
  }
  return () => {
    run('down');
  };
};
