/** Arithmetic mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard error of the mean. */
export function standardError(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)) / Math.max(1, values.length - 1));
}

/** Spearman's rank correlation; equal values share the mean of their ranks. */
export function spearman(left: readonly number[], right: readonly number[]): number {
  return pearson(ranks(left), ranks(right));
}

function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((i, j) => values[i] - values[j]);
  const result = Array<number>(values.length);
  for (let first = 0; first < order.length;) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]] === values[order[first]]) last++;
    for (let place = first; place <= last; place++) result[order[place]] = (first + last) / 2;
    first = last + 1;
  }
  return result;
}

function pearson(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [mean(left), mean(right)];
  const spread = (values: readonly number[], centre: number) =>
    values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const both = left.reduce((sum, value, i) => sum + (value - a) * (right[i] - b), 0);
  const size = Math.sqrt(spread(left, a) * spread(right, b));
  return size === 0 ? 0 : both / size;
}
