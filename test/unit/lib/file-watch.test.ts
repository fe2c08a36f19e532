import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { watchFiles } from '../../../src/lib/file-watch.ts';
import { waitFor } from '../../helpers/wait-for.ts';

it('tells once of a file that is written, replaced, removed or there again, and of no other', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pt-watch-'));
  const file = join(directory, 'plasmatop.yaml');
  writeFileSync(file, 'a');
  let told = 0;
  let looks = 0;
  const stop = watchFiles({
    files: () => {
      looks += 1;
      return [file];
    },
    everyMs: 10,
    onChange: () => {
      told += 1;
    },
  });
  onTestFinished(() => {
    stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const looked = (more: number): Promise<void> => {
    const from = looks;
    return waitFor(() => expect(looks).toBeGreaterThanOrEqual(from + more));
  };
  await looked(3);
  expect(told).toBe(0);
  const changes = [
    () => writeFileSync(file, 'longer'),
    () => {
      writeFileSync(`${file}.new`, 'another');
      renameSync(`${file}.new`, file);
    },
    () => rmSync(file),
    () => writeFileSync(file, 'back'),
  ];
  for (const [index, change] of changes.entries()) {
    change();
    await waitFor(() => expect(told).toBe(index + 1));
    await looked(4);
    expect(told).toBe(index + 1);
  }
});

it('waits while somebody is still writing', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pt-watch-'));
  const file = join(directory, 'plasmatop.yaml');
  let text = 'a';
  let looks = 0;
  const toldAt: number[] = [];
  const stop = watchFiles({
    files: () => {
      looks += 1;
      // Longer at each of the first looks.
      if (looks <= 6) text += 'a';
      if (looks <= 6) writeFileSync(file, text);
      return [file];
    },
    everyMs: 10,
    onChange: () => toldAt.push(looks),
  });
  onTestFinished(() => {
    stop();
    rmSync(directory, { recursive: true, force: true });
  });
  await waitFor(() => expect(looks).toBeGreaterThan(10));
  expect(toldAt).toEqual([7]);
});

it('tells again and again while it is unsettled, though nothing changes', async () => {
  let told = 0;
  let isUnsettled = true;
  const stop = watchFiles({
    files: () => [],
    everyMs: 5,
    onChange: () => {
      told += 1;
    },
    isUnsettled: () => isUnsettled,
  });
  onTestFinished(stop);
  await waitFor(() => expect(told).toBeGreaterThanOrEqual(3));
  isUnsettled = false;
  const before = told;
  await new Promise<void>((resolve) => {
    let looks = 0;
    const other = watchFiles({
      files: () => {
        looks += 1;
        if (looks > 12) resolve();
        return [];
      },
      everyMs: 5,
      onChange: () => {},
    });
    onTestFinished(other);
  });
  expect(told).toBeLessThanOrEqual(before + 1);
});
