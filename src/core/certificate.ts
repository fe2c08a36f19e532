/** Which certificate it is: told by what it is made of, never by the names that it claims. Pure. */
import type { Certificate } from './model/observation.ts';

/** The same for one and the same certificate wherever it is met; undefined where nothing but names is known of it. */
export const certificateKey = ({ fingerprint, serial, issuer }: Certificate): string | undefined =>
  fingerprint ?? (serial === undefined ? undefined : `${serial} ${issuer}`);

/** The names that it is for: those that it lists; one that lists none is for its common name. */
export const certificateNames = ({ names, subject }: Certificate): readonly string[] => {
  if (names.length > 0) return names;
  const common = /^CN=([^,]+)/u.exec(subject)?.[1];
  return common === undefined ? [] : [common];
};
