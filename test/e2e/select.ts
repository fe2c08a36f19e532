/** Finding a row of the tree as an operator does. */
import type { Session } from './driver.ts';

/** What the cursor is on. A clock or a latency that moves is no news of it. */
export const underCursor = (text: string): string => /❯\W*([\w-]+)/u.exec(text)?.[1] ?? '';

/** Puts the cursor on a service's row for a node, with the tree filtered to that service. */
export const selectInstance = async (session: Session, service: string, node: string): Promise<void> => {
  session.press('/', service, 'enter', 'g', 'right');
  await session.until(new RegExp(`▾ ${service}`));
  for (let press = 0; press < 12 && underCursor(session.text()) !== node; press += 1) {
    const before = underCursor(session.text());
    session.press('down');
    await session.until((text) => underCursor(text) !== before);
  }
};

/** Opens the dialog for the restart of one instance. */
export const askRestart = async (session: Session, service: string, node: string): Promise<string> => {
  await selectInstance(session, service, node);
  session.press('r');
  return session.until(new RegExp(`Restart ${service} on ${node}`));
};
