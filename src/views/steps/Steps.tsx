/** The page of next steps on screen; what it shows is painted in steps-lines.ts. */
import { PaintedList, type ViewProps } from '../parts/Painted.tsx';
import { stepsLines } from './steps-lines.ts';

export const Steps = (props: ViewProps) => <PaintedList {...props} painter={stepsLines} />;
