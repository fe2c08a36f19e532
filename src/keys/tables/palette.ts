/** In the palette: what is typed looks for an entry, these choose one. */
import type { Binding } from '../binding.ts';

export const PALETTE_KEYS: readonly Binding[] = [
  {
    chords: ['enter'],
    command: 'palette-choose',
    scopes: ['palette'],
    title: 'choose',
    help: 'Do what the entry says, as its key would, or go there. What is off is refused with the reason.',
    footer: true,
  },
  {
    chords: ['esc'],
    command: 'palette-close',
    scopes: ['palette'],
    title: 'close',
    help: 'Close the palette; nothing happens.',
    footer: true,
  },
  {
    chords: ['down', 'ctrl-n', 'tab'],
    command: 'palette-down',
    scopes: ['palette'],
    title: 'next',
    help: 'To the next entry.',
    footer: true,
  },
  {
    chords: ['up', 'ctrl-p'],
    command: 'palette-up',
    scopes: ['palette'],
    title: 'before',
    help: 'To the entry before.',
    footer: true,
  },
  {
    chords: ['pagedown'],
    command: 'palette-page-down',
    scopes: ['palette'],
    title: 'page down',
    help: 'A page of entries down.',
  },
  {
    chords: ['pageup'],
    command: 'palette-page-up',
    scopes: ['palette'],
    title: 'page up',
    help: 'A page of entries up.',
  },
];
