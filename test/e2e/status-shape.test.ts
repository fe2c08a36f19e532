/** What a real run of `status --json` tells is of the published shape, in good times and in bad. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { schemaJudge } from '../helpers/schema-judge.ts';
import { type DemoCluster, startDemoCluster } from './demo-cluster.ts';

let cluster: DemoCluster;
beforeAll(async () => {
  cluster = await startDemoCluster();
});
afterAll(() => cluster?.stop());

const judge = schemaJudge('status');

it('is of the published shape', async () => {
  const told = async (): Promise<{ readonly verdict: string }> =>
    JSON.parse((await cluster.run('status', '--json')).stdout);
  const well = await told();
  expect(well.verdict).toBe('ok');
  expect(judge(well)).toEqual([]);
  expect(judge({ ...well, verdict: 'fine' })).not.toEqual([]);

  await cluster.ssh('node02', 'sudo -n systemctl stop chainfire.service');
  const ill = await told();
  expect(ill.verdict).not.toBe('ok');
  expect(judge(ill)).toEqual([]);
});
