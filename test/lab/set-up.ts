/** Brings the labs up before the stories and takes them down after them, whatever came of them. */
import { spawnSync } from 'node:child_process';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { labScript, storyLabs } from './script.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why no lab can run here; empty where one can. */
    readonly whyNoLab: string;
  }
}

/** The same command for every lab; true when it went well for all of them. */
const runForAll = async (...words: readonly string[]): Promise<boolean> => {
  const ends = storyLabs.map((name) =>
    execa(labScript, words, {
      stdio: 'inherit',
      reject: false,
      // Daemons here take a fifth of the time of the real ones to start, unless told otherwise.
      env: { LAB_SCALE: process.env.LAB_SCALE ?? '0.2', LAB_NAME: name },
    }),
  );
  return (await Promise.all(ends)).every(({ failed }) => !failed);
};

export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const check = spawnSync(labScript, ['check'], { encoding: 'utf8' });
  const why = check.status === 0 ? '' : check.stdout.trim() || String(check.error ?? check.stderr);
  project.provide('whyNoLab', why);
  if (why !== '') {
    const text = `the lab cannot run here: ${why.replaceAll('\n', '; ')}`;
    if (process.env.CI) throw new Error(text);
    process.stderr.write(`plasmatop: ${text}\n`);
    return undefined;
  }
  // What a killed run left behind would be in the way.
  await runForAll('down');
  if (!(await runForAll('up', '3'))) {
    await runForAll('down');
    throw new Error('a lab did not come up; its own words are above');
  }
  return async () => {
    await runForAll('down');
  };
};
