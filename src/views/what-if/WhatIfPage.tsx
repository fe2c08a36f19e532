/** The what-if page on screen; what it shows is painted in what-if-lines.ts. */
import { PaintedPage, type ViewProps } from '../parts/Painted.tsx';
import { whatIfLines } from './what-if-lines.ts';

export const WhatIfPage = (props: ViewProps) => <PaintedPage {...props} painter={whatIfLines} />;
