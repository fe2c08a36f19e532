/** The help view on screen; what it shows is painted in help-lines.ts. */
import { PaintedPage, type ViewProps } from '../parts/Painted.tsx';
import { helpLines } from './help-lines.ts';

export const Help = (props: ViewProps) => <PaintedPage {...props} painter={helpLines} />;
