/** The events view on screen; what it shows is painted in events-lines.ts. */
import { PaintedList, type ViewProps } from '../parts/Painted.tsx';
import { eventsLines } from './events-lines.ts';

export const Events = (props: ViewProps) => <PaintedList {...props} painter={eventsLines} />;
