/** Milliseconds: whoever has not done it by then, on however busy a machine, will not do it. */
const patience = 20_000;

/** The promise itself, that fails when nothing comes of it. */
export async function within<Value>(promise: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('waited in vain')), patience);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
