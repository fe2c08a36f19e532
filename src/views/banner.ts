/** The environment's banner: a word on a coloured ground, or in brackets where no ground can be drawn. */
import type { AppState } from '../store/state.ts';
import { type Line, seg } from './paint.ts';
import { clip } from './text.ts';
import type { Theme } from './theme.ts';

/** So much of it is always there. */
const BANNER_MIN = 6;

/** At most `columns` of it; nothing where the configuration has none. */
export const bannerLine = ({ mode: { banner } }: AppState, columns: number, theme: Theme): Line => {
  if (banner === undefined) return [];
  const text = clip(banner.text, Math.max(BANNER_MIN, columns) - 2);
  const isSeen = theme.hasGrounds && !theme.ascii;
  return [seg(isSeen ? ` ${text} ` : `[${text}]`, `banner-${banner.color}`)];
};
