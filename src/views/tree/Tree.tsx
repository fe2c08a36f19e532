/** The tree view on screen; what it shows is painted in tree-lines.ts. */
import { PaintedList, type ViewProps } from '../parts/Painted.tsx';
import { treeLines } from './tree-lines.ts';

export const Tree = (props: ViewProps) => <PaintedList {...props} painter={treeLines} />;
