/** Throw-away ed25519 keys in OpenSSH's format. */
import type { ParsedKey } from 'ssh2';

/** What is needed of ssh2's `utils`. */
export type KeyTools = {
  readonly generateKeyPairSync: (type: 'ed25519') => { readonly public: string; readonly private: string };
  readonly parseKey: (text: string) => ParsedKey | Error;
};

export type SshKey = { readonly publicKey: string; readonly privateKey: string };

/** A new key pair. */
export const newSshKey = (tools: KeyTools): SshKey => {
  for (;;) {
    const pair = tools.generateKeyPairSync('ed25519');
    // ssh2 1.17 drops a leading zero byte, so that one key in 256 cannot be read by anybody.
    if (!(tools.parseKey(pair.private) instanceof Error) && !(tools.parseKey(pair.public) instanceof Error)) {
      return { publicKey: pair.public, privateKey: pair.private };
    }
  }
};

/** A public key that ssh2 can compare and verify with. */
export const parsedKey = (tools: KeyTools, publicKey: string): ParsedKey => {
  const parsed = tools.parseKey(publicKey);
  if (parsed instanceof Error) throw parsed;
  return parsed;
};
