/**
 * The one place that makes text from nodes safe to keep and to draw. Called once, where text enters:
 * health bodies, headers, certificates, ssh stderr, journal lines, DNS answers.
 */

/**
 * Sequences with a payload: OSC, DCS, SOS, PM, APC, up to BEL or ST. An unclosed one hides what follows, up to the next
 * escape. The end is optional so that every start matches: one that could fail is tried again from each start after it,
 * and many of them would take the square of their number.
 */
const STRING_SEQUENCE = /(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?/gu;
const CSI_SEQUENCE = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?/gu;
const OTHER_ESCAPE = /\x1b[ -/]*[0-~]?/gu;
/** Bidi overrides and isolates, zero-width characters, line/paragraph separators, BOM, tag characters, soft hyphen. */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const CONTROL_BUT_LINES = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/gu;

/** What stands where something was taken out: visible, one column, harmless. */
const PLACEHOLDER = '\u00b7';
const CUT_MARK = '…';

const strip = (text: string): string =>
  text
    .replace(STRING_SEQUENCE, PLACEHOLDER)
    .replace(CSI_SEQUENCE, PLACEHOLDER)
    .replace(OTHER_ESCAPE, PLACEHOLDER)
    .replace(INVISIBLE, PLACEHOLDER)
    .replace(LONE_SURROGATE, '\ufffd');

const cut = (text: string, maxChars: number): string =>
  text.length <= maxChars
    ? text
    : `${text.slice(0, Math.max(0, maxChars - 1)).replace(LONE_SURROGATE, '')}${CUT_MARK}`;

/** One line: every control character, line break and tab becomes visible or a space; at most `maxChars` characters. */
export const sanitiseLine = (text: string, maxChars = 400): string => {
  // Cut first (with room for what is stripped), so that a huge text costs no more than a small one.
  const bounded = text.length > maxChars * 4 ? text.slice(0, maxChars * 4) : text;
  return cut(
    strip(bounded)
      .replace(/[\t\r\n\v\f\u0085]+/gu, ' ')
      .replace(CONTROL_BUT_LINES, PLACEHOLDER)
      .trim(),
    maxChars,
  );
};

/** Several lines: line feeds stay, CRLF becomes LF, tabs become two spaces; at most `maxChars` characters. */
export const sanitiseBlock = (text: string, maxChars = 4096): string => {
  const bounded = text.length > maxChars * 4 ? text.slice(0, maxChars * 4) : text;
  return cut(
    strip(bounded).replace(/\r\n?/gu, '\n').replace(/\t/gu, '  ').replace(CONTROL_BUT_LINES, PLACEHOLDER),
    maxChars,
  );
};
