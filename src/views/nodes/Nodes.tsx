/** The nodes view on screen; what it shows is painted in nodes-lines.ts. */
import { PaintedList, type ViewProps } from '../parts/Painted.tsx';
import { nodesLines } from './nodes-lines.ts';

export const Nodes = (props: ViewProps) => <PaintedList {...props} painter={nodesLines} />;
