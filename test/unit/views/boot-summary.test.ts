/** What the first-boot view says once the boot is over, and units are restarted or fail after it. */
import { describe, expect, it } from 'vitest';
import type { ScenarioName } from '../../../src/demo/sim/scenarios.ts';
import { bootOf } from '../../../src/store/boot.ts';
import { summaryLines } from '../../../src/views/first-boot/summary-lines.ts';
import { paintLine } from '../../../src/views/paint.ts';
import { createTheme } from '../../../src/views/theme.ts';
import { watchBoot } from '../../helpers/boot-cluster.ts';
import { run } from '../demo/shells.ts';

const theme = createTheme({ ascii: true, color: 'none' });

const first = (scenario: ScenarioName, command: string, node: string, afterMs: number): string => {
  const { world, store, watch } = watchBoot({ scenario });
  watch(5000);
  run(world, node, command);
  watch(world.nowMs + afterMs);
  const state = store.getState();
  const room = { columns: 100, rows: 20, compact: false };
  return summaryLines(state, bootOf(state), room, theme)
    .map((line) => paintLine(line, 100, theme).trim())
    .join('\n');
};

describe('after the boot', () => {
  it('a restart is no failure: its units start again', () => {
    const said = first('steady', 'systemctl restart --no-block chainfire', 'node02', 4000);
    expect(said).toMatch(
      /^o The boot is over; 7 of 45 steps start again\.\nchainfire on node02: starting 0:0\d/u,
    );
  });

  it('what systemd tries again in vain is not said to be given up', () => {
    const said = first('stuck-restart', 'systemctl restart --no-block chainfire', 'node03', 15_000);
    expect(said).toMatch(
      /^X The boot is over, yet 7 of 45 steps are not done\.\nchainfire on node03: exit 3/u,
    );
  });
});
