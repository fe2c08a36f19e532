/** Names as parts of D-Bus object paths, the way systemd writes them. Pure. */

/** `chainfire_2eservice`: whatever is no letter or digit, or is a digit at the start, is written as its byte. */
export const busLabel = (name: string): string => {
  if (name === '') return '_';
  return [...Buffer.from(name)]
    .map((byte, index) => {
      const char = String.fromCharCode(byte);
      const isPlain = /[A-Za-z]/u.test(char) || (index > 0 && /\d/u.test(char));
      return isPlain ? char : `_${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
};
