/** Makes docs/quorum-loss.svg from a real run: the demo's scenario, the real program, a terminal emulator. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, repository } from '../test/e2e/driver.ts';
import { screenToSvg } from './svg.ts';

const session = launch({
  args: ['demo', '--scenario', 'quorum-loss', '--speed', '3'],
  columns: 120,
  rows: 36,
});
try {
  await session.until(/lost its quorum/, 60_000);
  // The service at fault, unfolded, with a failed node's page beside it.
  session.press('g', 'right');
  await session.until(/▾ chainfire/, 60_000);
  session.press('down', 'down');
  await session.until(/❯ +node02 .* [2-9] restarts/, 60_000);
  const file = join(repository, 'docs', 'quorum-loss.svg');
  await writeFile(file, screenToSvg(session.terminal, 'plasmatop during a lost quorum'));
  process.stdout.write(`${file}\n${session.text()}\n`);
  session.press('q');
  await session.exited;
} finally {
  session.dispose();
}
