/** Whose the terminal is: the screen's, a child's, or the shell's while the console stands still. One at a time. */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

type Suspension = { readonly resume: () => Promise<void> };
/** Takes the screen off the terminal: cooked mode, main screen, nothing drawn until `resume`. */
type Suspend = () => Promise<Suspension>;

type Handling = {
  /** Leaves what is typed to others. */
  readonly stopReading: () => Promise<void>;
  /** Makes the terminal the screen's again; what was typed at something else is read and forgotten. */
  readonly takeBack: () => Promise<void>;
};

export type Tenure = {
  /** From now on the screen can be taken off; returns the end of that. */
  readonly begin: (suspend: Suspend) => () => void;
  readonly lend: <Result>(use: () => Promise<Result>) => Promise<Result>;
  /**
   * Stops all that the shell started with us, as its terminal would; false: nobody is there who could continue it.
   * Calls `after` when it goes on, before the screen is back: what is typed at that one counts.
   */
  readonly suspend: (after: () => void) => Promise<boolean>;
  /** Calls `finish` as soon as the screen has the terminal. */
  readonly end: (finish: () => void) => void;
  /** True while what is drawn reaches the screen and nobody else. */
  readonly isHeld: () => boolean;
};

/** For `kill`: every process of our group; a wrapper that started us is no less in the shell's way. */
const OUR_GROUP = 0;

/** How long a stop may take to take hold. Without a shell that could continue it there is none. */
const STOP_MS = 200;

/** Leaves the keyboard to whoever has the terminal now. */
export const letGo = async (stdin: NodeJS.ReadStream): Promise<void> => {
  // Nobody listens any more, but the stream reads on, and would take keys from others. A turn later it knows, and only
  // then can it be paused.
  await turn();
  stdin.pause();
  await turn();
};

/** Takes the keyboard raw; what was typed at something else is read and forgotten. */
export const readAndDrop = async (stdin: NodeJS.ReadStream): Promise<void> => {
  const drop = (): void => {};
  stdin.setRawMode(true);
  stdin.on('data', drop).resume();
  // One turn reads all that the terminal holds.
  await turn();
  await turn();
  stdin.off('data', drop).pause();
  await turn();
};

export const createTenure = ({ stopReading, takeBack }: Handling): Tenure => {
  let suspend: Suspend | undefined;
  let hasChild = false;
  let isStopping = false;
  /** What keeps the screen off the terminal; never rejects. */
  let away: Promise<unknown> | undefined;

  const leave = async <Result>(from: Suspend, use: () => Promise<Result>): Promise<Result> => {
    const { resume } = await from();
    try {
      await stopReading();
      return await use();
    } finally {
      // A screen that is no more has nothing to come back to.
      if (suspend !== undefined) {
        // Where this fails the terminal is gone, and its end closes the screen.
        await takeBack().catch(() => {});
        await resume().catch(() => {});
      }
    }
  };

  /** One after the other: a terminal that is away cannot be taken off again. */
  const whileAway = async <Result>(use: () => Promise<Result>): Promise<Result> => {
    while (away !== undefined) await away;
    if (suspend === undefined) throw new Error('the screen is not on the terminal');
    const left = leave(suspend, use);
    const settled = left.then(
      () => {},
      () => {},
    );
    away = settled;
    try {
      return await left;
    } finally {
      if (away === settled) away = undefined;
    }
  };

  /** Stops this process as if nobody had caught the signal, and resolves when it goes on: false if it did not stop. */
  const standStill = async (pid = process.pid): Promise<boolean> => {
    process.off('SIGTSTP', onStop);
    let isContinued = false;
    const continued = new Promise<void>((resolve) =>
      process.once('SIGCONT', () => {
        isContinued = true;
        resolve();
      }),
    );
    process.kill(pid, 'SIGTSTP');
    await Promise.race([continued, sleep(STOP_MS)]);
    // After a stop the time is up, too, and is told first.
    await turn();
    process.on('SIGTSTP', onStop);
    return isContinued;
  };

  // Raw mode makes a key of Ctrl-Z (see `suspend`): this comes from outside, or from a child's terminal, which the child clears itself.
  const onStop = (): void => {
    if (hasChild) void standStill();
    else if (!isStopping) {
      isStopping = true;
      // One that comes while the screen is still on its way back has its turn after that.
      whileAway(() => {
        isStopping = false;
        return standStill();
      }).catch(() => {
        isStopping = false;
      });
    }
  };

  // After a stop that cannot be caught (kill -STOP) the shell has had the terminal and its modes.
  const onContinue = (): void => {
    if (away === undefined) whileAway(async () => {}).catch(() => {});
  };

  return {
    begin: (suspendTerminal) => {
      suspend = suspendTerminal;
      process.on('SIGTSTP', onStop);
      process.on('SIGCONT', onContinue);
      return () => {
        suspend = undefined;
        process.off('SIGTSTP', onStop);
        process.off('SIGCONT', onContinue);
      };
    },
    lend: (use) =>
      whileAway(async () => {
        hasChild = true;
        try {
          return await use();
        } finally {
          hasChild = false;
        }
      }),
    suspend: (after) =>
      whileAway(async () => {
        const wasStopped = await standStill(OUR_GROUP);
        after();
        return wasStopped;
      }),
    end: (finish) => {
      if (away === undefined) finish();
      else void away.then(finish);
    },
    isHeld: () => suspend !== undefined && away === undefined,
  };
};
