/** The jobs view on screen; what it shows is painted in jobs-lines.ts. */
import { PaintedList, type ViewProps } from '../parts/Painted.tsx';
import { jobsLines } from './jobs-lines.ts';

export const Jobs = (props: ViewProps) => <PaintedList {...props} painter={jobsLines} />;
