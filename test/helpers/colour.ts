/** What eyes make of a colour: WCAG contrast, the sight of the colour-blind, and how far apart two colours look. */

type Triple = readonly [number, number, number];

const channel = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 2), 16) / 255;

/** Linear light, 0 to 1. */
const linear = (hex: string): Triple => {
  const one = (at: number): number => {
    const value = channel(hex, at);
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [one(1), one(3), one(5)];
};

const times = ([a, b, c]: Triple, [x, y, z]: Triple): number => a * x + b * y + c * z;

const luminance = (hex: string): number => times([0.2126, 0.7152, 0.0722], linear(hex));

/** WCAG 2: from 1 to 21. */
export const contrast = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

export type Sight = 'full' | 'protanopia' | 'deuteranopia' | 'tritanopia';

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear light. */
const SIGHTS: Readonly<Record<Sight, readonly [Triple, Triple, Triple]>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const seen = (hex: string, sight: Sight): Triple => {
  const light = linear(hex);
  const [r, g, b] = SIGHTS[sight].map((row) => Math.min(1, Math.max(0, times(row, light))));
  return [r ?? 0, g ?? 0, b ?? 0];
};

/** CIE L*a*b*, white D65. */
const lab = (light: Triple): Triple => {
  const bent = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (841 / 108) * t + 4 / 29);
  const x = bent(times([0.4124564, 0.3575761, 0.1804375], light) / 0.95047);
  const y = bent(times([0.2126729, 0.7151522, 0.072175], light));
  const z = bent(times([0.0193339, 0.119192, 0.9503041], light) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

/** Delta E (1976) of two colours as this sight has them: 2 can just be seen, 100 is black and white. */
export const distance = (one: string, other: string, sight: Sight): number => {
  const [a, b] = [lab(seen(one, sight)), lab(seen(other, sight))];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
};

const LEVELS = [0, 95, 135, 175, 215, 255] as const;

/** A colour of xterm's cube (16 to 231) or of its greys (232 to 255). */
export const xtermColor = (index: number): string => {
  const grey = 8 + (index - 232) * 10;
  const at = index - 16;
  const levels =
    index >= 232
      ? [grey, grey, grey]
      : [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((level) => LEVELS[level] ?? 0);
  return `#${levels.map((level) => level.toString(16).padStart(2, '0')).join('')}`;
};
