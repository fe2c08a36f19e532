/** A daemon looked at on its host many times a second, past the network and past the console. */
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import type { Node } from './hosts.ts';
import { labScript, ownLab } from './script.ts';

type Look = { readonly at: number; readonly active: string; readonly raft: string | null };

/** What the members of a group were at one moment, as each was seen last. */
type Votes = { readonly at: number; readonly active: number; readonly led: number };

export type Samples = { readonly end: () => readonly Look[] };

/** Looks until it is told to end. */
export const sampled = (node: Node, unit: string): Samples => {
  const child = execa(labScript, ['exec', node, '/opt/lab/service.py', 'sample', unit], {
    stdin: 'ignore',
    env: ownLab(),
    stderr: 'ignore',
    buffer: false,
    reject: false,
  });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const stop = (): void => {
    child.kill();
    // What runs on the host outlives the way into it, and ends when nobody reads it any more.
    child.stdout.destroy();
  };
  onTestFinished(stop);
  return {
    end: () => {
      stop();
      // The last line may have been cut.
      return told
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Look);
    },
  };
};

/** Ends the looks, and tells for each of them how the whole group stood then. */
export const votesOver = (samples: readonly Samples[]): readonly Votes[] => {
  const members = samples.map(({ end }) => end());
  const from = Math.max(...members.map((looks) => looks[0]?.at ?? Number.POSITIVE_INFINITY));
  const moments = members.flat().flatMap(({ at }) => (at >= from ? [at] : []));
  return moments
    .toSorted((a, b) => a - b)
    .map((at) => {
      const then = members.flatMap((looks) => looks.findLast((look) => look.at <= at) ?? []);
      return {
        at,
        active: then.filter(({ active }) => active === 'active').length,
        led: then.filter(({ raft }) => raft === 'leader' || raft === 'follower').length,
      };
    });
};
