/** What a configuration may say of the looks of the screen, as closed sets of names. */

/** `default` serves dark and light grounds alike; the others are each made for one ground. */
export const THEMES = [
  'default',
  'dark',
  'light',
  'high-contrast',
  'colour-blind',
  'colour-blind-light',
] as const;

export type ThemeName = (typeof THEMES)[number];

export const BANNER_COLORS = ['red', 'orange', 'yellow', 'green', 'blue', 'magenta', 'grey'] as const;

export type BannerColor = (typeof BANNER_COLORS)[number];

/** Which environment this is, in a word that is never out of sight: "PRODUCTION". */
export type Banner = { readonly text: string; readonly color: BannerColor };
