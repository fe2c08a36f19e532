/** What a real systemd 252 sent over `ssh NODE systemd-stdio-bridge`, login lines included. */
import { readFileSync } from 'node:fs';
import { Frames } from '../../../src/lib/dbus/frames.ts';
import { decodeMessage, type Message } from '../../../src/lib/dbus/message.ts';

/** `stop-start`: chainfire stopped, then multi-user.target started. `dependency`: a restart of chainfire that fails, then the same. */
export type RecordingName = 'stop-start' | 'dependency';

export const recording = (name: RecordingName): Buffer =>
  readFileSync(new URL(`../../fixtures/bus/${name}.bin`, import.meta.url));

/** The recording without its login. */
export const recordedFrames = (name: RecordingName): readonly Buffer[] => {
  const bytes = recording(name);
  const from = bytes.indexOf('\n', bytes.indexOf('OK ')) + 1;
  return new Frames().feed(bytes.subarray(from));
};

export const recordedMessages = (name: RecordingName): readonly Message[] =>
  recordedFrames(name).map(decodeMessage);
