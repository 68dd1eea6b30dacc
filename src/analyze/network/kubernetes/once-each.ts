// Values kept by key, each computed when it is first asked for.

export function remembered<K, V>(known: Map<K, V>, key: K, compute: () => V): V {
  let found = known.get(key);
  if (found === undefined) {
    found = compute();
    known.set(key, found);
  }
  return found;
}

/** Kept as long as the key lives. */
export function lazily<K extends object, V extends object>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const found = known.get(key) ?? compute(key);
    known.set(key, found);
    return found;
  };
}
