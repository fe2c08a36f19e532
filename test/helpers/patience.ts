/** How long tests wait. Without imports: the configurations of the test runner read it, too. */

/** Of a state that does not come: a machine with much else to do is slow, and that is no failure. */
export const PATIENCE_MS = 40_000;

/** Of a test: the wait that ran out tells what was missing, and the end of the test only that it took too long. */
export const TEST_MS = 3 * PATIENCE_MS;
