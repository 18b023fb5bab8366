// Colours of a heatmap: of even lightness steps, so that they are told apart without seeing hues.

const RISING = [[13, 22, 66], [45, 47, 122], [66, 82, 146], [62, 119, 145], [66, 153, 135], [112, 184, 107], [181, 206, 83], [247, 229, 96]];
const DIVERGING = [[20, 66, 140], [86, 142, 205], [180, 208, 235], [243, 243, 240], [248, 204, 156], [225, 138, 62], [145, 68, 8]];
const NAN = [255, 0, 168];

function mix(stops, share) {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  return stops[low].map((from, i) => Math.round(from + (stops[low + 1][i] - from) * (at - low)));
}

/** Red, green and blue of a share from 0 to 1; NaN has a colour that nothing else has. */
export const rising = (share) => (Number.isNaN(share) ? NAN : mix(RISING, share));

/** The same from blue over none to brown. */
export const diverging = (share) => (Number.isNaN(share) ? NAN : mix(DIVERGING, share));

/** Values to shares: 'linear', 'log', 'row' (each row by itself) or 'difference' (0 in the middle). */
export function scaleOf(kind, rows, limits) {
  const finite = rows.flat().filter(Number.isFinite);
  const [low, high] = limits ?? extent(finite);
  if (kind === 'difference') {
    const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return {share: (value) => 0.5 + value / (2 * most), low: -most, high: most, colours: diverging};
  }
  if (kind === 'row') {
    const extents = rows.map((row) => extent(row.filter(Number.isFinite)));
    return {share: (value, row) => part(value, ...extents[row]), low: null, high: null, colours: rising};
  }
  if (kind === 'log') {
    const floor = Math.log(Math.max(1e-9, low));
    return {share: (value) => part(Math.log(Math.max(1e-9, value)), floor, Math.log(Math.max(1e-9, high))), low, high, colours: rising};
  }
  return {share: (value) => part(value, low, high), low, high, colours: rising};
}

/** The least and the greatest. */
export function extent(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

function part(value, low, high) {
  if (Number.isNaN(value)) return NaN;
  return high > low ? (value - low) / (high - low) : 0.5;
}
