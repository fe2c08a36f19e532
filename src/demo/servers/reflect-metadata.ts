/** The three functions of the reflect-metadata package without which @peculiar/x509's wiring (tsyringe) does not load. */

/** Adds them to `Reflect` unless a real polyfill is there. Certificates keep nothing of importance in them. */
export const provideReflectMetadata = (): void => {
  if ('getMetadata' in Reflect) return;
  const metadata = new WeakMap<object, Map<unknown, unknown>>();
  const read = (key: unknown, target: object): unknown => metadata.get(target)?.get(key);
  Object.assign(Reflect, {
    getMetadata: read,
    getOwnMetadata: read,
    defineMetadata: (key: unknown, value: unknown, target: object): void => {
      metadata.set(target, (metadata.get(target) ?? new Map()).set(key, value));
    },
  });
};
