import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keysDocument } from '../../../scripts/generate-keys-doc.ts';
import type { Scope } from '../../../src/keys/binding.ts';
import { BINDINGS } from '../../../src/keys/bindings.ts';
import { FORBIDDEN_CHORDS } from '../../../src/keys/chords.ts';

const scopes = [...new Set(BINDINGS.flatMap((binding) => binding.scopes))];
const chordsIn = (scope: Scope): string[] =>
  BINDINGS.filter((binding) => binding.scopes.includes(scope)).flatMap((binding) => binding.chords);

describe('the key table', () => {
  it.each(scopes)('binds no chord twice in %s', (scope) => {
    const chords = chordsIn(scope);
    expect(chords.filter((chord, index) => chords.indexOf(chord) !== index)).toEqual([]);
  });

  it('leaves alone what terminals and tmux take', () => {
    const used = new Set(BINDINGS.flatMap((binding) => binding.chords));
    expect(FORBIDDEN_CHORDS.filter((chord) => used.has(chord))).toEqual([]);
  });

  it('can be left from everywhere', () => {
    for (const scope of ['view', 'filter', 'confirm', 'confirm-typed'] as const) {
      expect(chordsIn(scope)).toContain('ctrl-c');
    }
  });

  it('says no to every key but one in the yes-or-no dialog', () => {
    const agree = BINDINGS.filter(
      (binding) => binding.scopes.includes('confirm') && binding.command === 'confirm',
    );
    expect(agree.flatMap((binding) => binding.chords)).toEqual(['y']);
  });

  it('marks every key that reaches the cluster as dangerous', () => {
    const reaching = BINDINGS.filter(({ command }) => ['restart', 'confirm', 'shell'].includes(command));
    expect(reaching.every((binding) => binding.danger)).toBe(true);
    expect(reaching.length).toBeGreaterThan(0);
  });

  it('is what docs/keys.md says', () => {
    const file = readFileSync(new URL('../../../docs/keys.md', import.meta.url), 'utf8');
    expect(file, 'run npm run generate').toBe(keysDocument());
  });
});
