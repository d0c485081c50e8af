/** Gaussian elimination with partial pivoting on rows [coefficients, right-hand side]; null for a singular system. The rows are overwritten. */
export function solveLinear(rows: Float64Array[]): Float64Array | null {
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let r = column + 1; r < n; r++) if (Math.abs(rows[r]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = r;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const head = rows[column]!;
    if (head[column] === 0 || !Number.isFinite(head[column]!)) return null;
    for (let r = column + 1; r < n; r++) {
      const factor = rows[r]![column]! / head[column]!;
      if (factor !== 0) for (let c = column; c <= n; c++) rows[r]![c]! -= factor * head[c]!;
    }
  }
  const out = new Float64Array(n);
  for (let r = n - 1; r >= 0; r--) {
    let value = rows[r]![n]!;
    for (let c = r + 1; c < n; c++) value -= rows[r]![c]! * out[c]!;
    out[r] = value / rows[r]![r]!;
  }
  return out.every(Number.isFinite) ? out : null;
}
