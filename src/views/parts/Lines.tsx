/** Painted lines on screen: one Text each, drawn again only when its own text changes. */
import { Box, Text } from 'ink';
import { memo } from 'react';

// An empty Text has no height; a blank keeps the row. Truncating only acts on the one frame that Ink draws
// between a resize and our own next frame.
const Row = memo(({ text }: { readonly text: string }) => (
  <Text wrap="truncate">{text === '' ? ' ' : text}</Text>
));

type LinesProps = { readonly lines: readonly string[]; readonly rows: number };

/** Exactly `rows` rows: lines beyond are not shown, missing ones are blank. */
export const Lines = ({ lines, rows }: LinesProps) => (
  <Box flexDirection="column" height={rows} flexShrink={0}>
    {lines.slice(0, rows).map((text, row) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
      <Row key={row} text={text} />
    ))}
  </Box>
);
