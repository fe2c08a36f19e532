/** The scalars that topology and configuration files share, each with its own complaint and remedy. */
import * as z from 'zod';
import { isShortName, SHORT_NAME } from './names.ts';
import { withRemedy } from './source.ts';

/** A pattern for editors: the loader looks past space around a value. */
const asWritten = ({ source }: RegExp): string => source.replace(/^\^/u, '^\\s*').replace(/\$$/u, '\\s*$');

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)$/u;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };
const MAX_DURATION_MS = 24 * 3_600_000;

/** `2s`, `1500ms`, `1m` or a plain number of ms → ms; undefined when it is none of these. */
const parseDuration = (value: string | number): number | undefined => {
  if (typeof value === 'number') return value;
  const [, amount, unit] = DURATION.exec(value.trim()) ?? [];
  const factor = unit === undefined ? undefined : UNIT_MS[unit];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
};

const notADuration = withRemedy(
  'is not a duration',
  'write it as 2s, 500ms, 1m or a number of milliseconds, at most 24h',
);

/** A duration of the file as a positive number of ms, at most a day. */
export const durationSchema = z
  .union(
    [
      z.string().meta({ pattern: asWritten(DURATION) }),
      z.number().meta({ exclusiveMinimum: 0, maximum: MAX_DURATION_MS }),
    ],
    { error: notADuration },
  )
  .transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms > 0 && ms <= MAX_DURATION_MS) return ms;
    context.addIssue({ code: 'custom', message: notADuration });
    return z.NEVER;
  })
  .meta({ title: 'duration' });

const SIZE = /^(\d+(?:\.\d+)?)\s*(KiB|MiB|GiB)$/u;
const UNIT_BYTES: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };
const MIN_SIZE = 64 * 1024;
const MAX_SIZE = 1024 ** 3;
const notASize = withRemedy(
  'is not a size',
  'write it as 512KiB, 10MiB or 1GiB, at least 64KiB, at most 1GiB',
);

/** A size of the file in bytes. */
export const sizeSchema = z
  .union(
    [
      z.string().meta({ pattern: asWritten(SIZE) }),
      z.number().meta({ minimum: MIN_SIZE, maximum: MAX_SIZE }),
    ],
    { error: notASize },
  )
  .transform((value, context) => {
    const [, amount, unit = ''] = typeof value === 'string' ? (SIZE.exec(value.trim()) ?? []) : [];
    const bytes = typeof value === 'number' ? value : Number(amount) * (UNIT_BYTES[unit] ?? Number.NaN);
    if (bytes >= MIN_SIZE && bytes <= MAX_SIZE) return Math.round(bytes);
    context.addIssue({ code: 'custom', message: notASize });
    return z.NEVER;
  })
  .meta({ title: 'size' });

/** Control characters, line breaks and characters that turn the direction of text. */
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/** One line of text for people, or a value of one line. */
export const lineSchema = z
  .string()
  .min(1, { error: withRemedy('is empty', 'write a text') })
  .max(400, { error: withRemedy('is longer than 400 characters', 'shorten it') })
  .refine((text) => !UNPRINTABLE.test(text), {
    error: withRemedy('contains a control character', 'write plain text on one line'),
  })
  .meta({ title: 'text' });

export const shortNameSchema = z
  .string()
  .refine(isShortName, {
    error: withRemedy(
      'is not a plain name',
      'use lower-case letters, digits, "-", "_" and ".", starting with a letter or digit',
    ),
  })
  .meta({ title: 'name', pattern: SHORT_NAME.source, maxLength: 63 });

const notAPort = withRemedy('is not a port', 'write a whole number from 1 to 65535');

export const portSchema = z
  .int({ error: notAPort })
  .min(1, { error: notAPort })
  .max(65_535, { error: notAPort })
  .meta({ title: 'port' });

/** A block for which one of its values may stand alone: `node01` for `{ name: node01 }`. */
export const orWord = <S extends z.ZodType>(shorthand: string, block: S) =>
  z
    .preprocess((written) => (typeof written === 'string' ? { [shorthand]: written } : written), block)
    .meta({ shorthand });
