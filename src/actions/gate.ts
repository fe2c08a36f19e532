/** The gate beneath every key and subcommand: whatever could change a node asks here, and read-only is held nowhere else. */

export type Gate = {
  readonly readOnly: boolean;
  /** Nothing runs without a reason: `audit.reason`. */
  readonly needsReason?: boolean;
};

/** Why nothing may go out at all, whatever it is; none: it may, for all this knows. */
export const gateObjections = ({ readOnly, needsReason }: Gate, reason = ''): readonly string[] => {
  if (readOnly) return ['read-only: nothing is changed from this console'];
  return needsReason === true && reason.trim() === '' ? ['a reason must be given: audit.reason is set'] : [];
};
