/** Finding a row of the tree as an operator does. */
import type { Session } from './driver.ts';

/** Puts the cursor on a service's row for a node, with the tree filtered to that service. */
export const selectInstance = async (session: Session, service: string, node: string): Promise<void> => {
  session.press('/', service, 'enter', 'g', 'right');
  await session.until(new RegExp(`▾ ${service}`));
  for (let press = 0; press < 12 && !new RegExp(`❯ *${node}`).test(session.text()); press += 1) {
    const before = session.text();
    session.press('down');
    await session.until((text) => text !== before);
  }
};

/** Opens the dialog for the restart of one instance. */
export const askRestart = async (session: Session, service: string, node: string): Promise<string> => {
  await selectInstance(session, service, node);
  session.press('r');
  return session.until(new RegExp(`Restart ${service} on ${node}`));
};
