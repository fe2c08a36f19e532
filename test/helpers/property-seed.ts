/** Every run tries the same cases, so that a red run is about the change; `FC_SEED=$RANDOM` looks for new ones. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_123) });
