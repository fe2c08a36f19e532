/** Keys that nobody can read are not used. */
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { newSshKey, parsedKey } from '../../../../src/demo/servers/ssh-keys.ts';

/** Made by ssh2 1.17 from a key that begins with a zero byte, which it dropped. */
const UNREADABLE = {
  public: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAHzrP7hef3xsrSstJp8xQulP8GMZBpPB+zWPO14MdpNY=',
  private: `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMgAAAAtz
c2gtZWQyNTUxOQAAAB86z+4Xn98bK0rLSafMULpT/BjGQaTwfs1jzteDHaTWAAAA
iKNhr3ajYa92AAAAC3NzaC1lZDI1NTE5AAAAHzrP7hef3xsrSstJp8xQulP8GMZB
pPB+zWPO14MdpNYAAAA/8qu28ydueD4fUMz+f9HTv2PCT/tO3Z6Gg6mDz7Hp4C06
z+4Xn98bK0rLSafMULpT/BjGQaTwfs1jzteDHaTWAAAAAAECAwQFBgc=
-----END OPENSSH PRIVATE KEY-----
`,
};

test('a key that cannot be read back is made anew', () => {
  const { utils } = ssh2;
  expect(utils.parseKey(UNREADABLE.public)).toBeInstanceOf(Error);
  const pairs = [UNREADABLE, UNREADABLE];
  const key = newSshKey({
    parseKey: (text) => utils.parseKey(text),
    generateKeyPairSync: () => pairs.pop() ?? newReadable(),
  });
  expect(pairs).toEqual([]);
  expect(parsedKey(utils, key.publicKey).type).toBe('ssh-ed25519');
  expect(() => parsedKey(utils, UNREADABLE.public)).toThrow('Malformed');
});

const newReadable = (): { readonly public: string; readonly private: string } => {
  const key = newSshKey(ssh2.utils);
  return { public: key.publicKey, private: key.privateKey };
};
