/**
 * Our ssh clients do not share the operator's terminal: a Ctrl-C or Ctrl-\ meant for the program that it is lent to
 * would end every connection. What has no terminal outlives its end, so they are told of ours.
 */
type Killable = { readonly kill: () => boolean };

const children = new Set<Killable>();
let isListening = false;

/** For execa: a session of its own, which only an ssh that asks its questions on the terminal must not have. */
export const DETACHED = { detached: true } as const;

/** Ends it with this process, however that ends short of a kill. */
export const endWithUs = (child: Killable, ended: Promise<unknown>): void => {
  if (!isListening) {
    isListening = true;
    process.on('exit', () => {
      for (const one of children) one.kill();
    });
  }
  children.add(child);
  const forget = (): void => {
    children.delete(child);
  };
  ended.then(forget, forget);
};
