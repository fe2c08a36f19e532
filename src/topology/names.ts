/** Which names are allowed to reach a command line or a URL, and which known name a wrong one is nearest to. */
import { distance } from 'fastest-levenshtein';

/** systemd's own unit name characters; a leading `-` would be read as an option. */
export const UNIT_NAME = /^(?!-)[A-Za-z0-9:_.@\\-]+\.(?:service|target|socket|mount|timer)$/u;
/** Short names of services, steps, checks, capabilities and nodes: they stand in ids and on command lines. */
export const SHORT_NAME = /^[a-z0-9][a-z0-9_.-]*$/u;
/** Printable ASCII without white space, starting with a slash. */
export const URL_PATH = /^\/[\x21-\x7e]*$/u;
export const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/u;

/** A full systemd unit name of at most 255 characters that cannot be taken for an option or for shell code. */
export const isUnitName = (name: string): boolean => name.length <= 255 && UNIT_NAME.test(name);

/** Lower-case letters, digits, `_`, `.` and `-`, not starting with a sign, at most 63 characters. */
export const isShortName = (name: string): boolean => name.length <= 63 && SHORT_NAME.test(name);

/** An absolute URL path of printable characters, at most 1024. */
export const isUrlPath = (path: string): boolean => path.length <= 1024 && URL_PATH.test(path);

/** A DNS name; labels may hold underscores, as SRV-like names do. */
export const isHostName = (name: string): boolean => HOST_NAME.test(name);

/** The candidate that `name` was probably meant to be, or undefined when none is near. Case does not count. */
export const nearestName = (name: string, candidates: readonly string[]): string | undefined => {
  const wanted = name.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  if (best === undefined) return undefined;
  // Two letters swapped are two edits; beyond that a third may be wrong: "kafka" is not taken for "iam".
  const length = Math.max(name.length, best.candidate.length);
  return best.edits <= (length < 4 ? 1 : Math.max(2, Math.floor(length / 3))) ? best.candidate : undefined;
};

/** A remedy for an unknown name: the near one, or the list of those that exist. */
export const suggestName = (name: string, candidates: readonly string[]): string => {
  const near = nearestName(name, candidates);
  if (near !== undefined) return `did you mean ${near}?`;
  return candidates.length === 0 ? 'remove it: none are known' : `use one of ${candidates.join(', ')}`;
};
