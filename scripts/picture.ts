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
  // The first problem, unfolded, with its detail beside it.
  session.press('n', 'right');
  await session.until(/start limit|restarts/, 60_000);
  const file = join(repository, 'docs', 'quorum-loss.svg');
  await writeFile(file, screenToSvg(session.terminal, 'plasmatop during a lost quorum'));
  process.stdout.write(`${file}\n${session.text()}\n`);
  session.press('q');
  await session.exited;
} finally {
  session.dispose();
}
