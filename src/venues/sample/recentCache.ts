/** A function of a month (and a symbol) that remembers its most recent results. Purely a cache: results are pure. */
export function recentCache<V>(capacity: number, compute: (index: number, symbol: string) => V): (index: number, symbol?: string) => V {
  const known = new Map<string, V>();
  return (index, symbol = '') => {
    const key = `${symbol}/${index}`;
    const value = known.get(key) ?? compute(index, symbol);
    known.delete(key);
    known.set(key, value);
    if (known.size > capacity) known.delete(known.keys().next().value!);
    return value;
  };
}
