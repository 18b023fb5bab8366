// Lines over time: uPlot, with a keyboard and a table beside it.
import uPlot from '/lib/uplot.js';
import {fill, h, number, table, time} from './dom.js';
import {colour, onTheme} from './theme.js';

const STROKES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** Times of day; with milliseconds where seconds would be all the same. */
function clock(seconds) {
  const precise = seconds.length > 1 && seconds[1] - seconds[0] < 1 ? {fractionalSecondDigits: 3} : {};
  return seconds.map((second) => new Date(second * 1000).toLocaleTimeString('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit', ...precise}));
}

/**
 * A chart of series over time.
 *
 * options: {label, height, series: [{label, colour}], points, rows, show(value), lines: [{value, label, severity}], pick(index)}
 * set(seconds, columns, lines) gives it data; dispose() ends it.
 */
export function timeChart(options) {
  const reading = h('p', {class: 'reading small faint', 'aria-live': 'polite'});
  const canvas = h('div', {
    class: 'chart', tabindex: 0, role: 'application', 'aria-roledescription': 'chart',
    'aria-label': `${options.label}. Arrow keys read the points${options.pick ? ', Enter opens the event' : ''}; the same as a table below.`,
    onkeydown: key,
  });
  const rows = h('div', {});
  const fallback = h('details', {ontoggle: () => writeTable()}, h('summary', {}, `${options.label} as a table`), rows);
  const element = h('div', {}, canvas, reading, fallback);
  const show = options.show ?? number;
  let data = [[], ...options.series.map(() => [])];
  let lines = options.lines ?? [];
  let plot = null;
  let at = -1;

  function build() {
    plot?.destroy();
    const axis = {stroke: colour('faint'), grid: {stroke: colour('line'), width: 1}, ticks: {stroke: colour('line')}, font: '12px system-ui, sans-serif'};
    plot = new uPlot({
      width: Math.max(200, canvas.clientWidth || 600),
      height: options.height ?? 200,
      cursor: {drag: {x: true, y: false}, points: {size: 8}},
      scales: {y: {range: range}},
      legend: {show: options.series.length > 1, live: false},
      padding: [14, 34, 0, 0],
      axes: [{...axis, space: 90, values: (u, splits) => clock(splits)}, {...axis, size: 62, values: (u, splits) => splits.map(show)}],
      series: [{}, ...options.series.map((series, i) => ({
        label: series.label, stroke: colour(options.points ? 'line' : series.colour), width: options.points ? 1 : 2, dash: STROKES[i % STROKES.length],
        // Each point is an event of its own; the line between two of them only leads the eye.
        points: options.points ? {show: true, size: 6, stroke: colour(series.colour), fill: colour(series.colour)} : {show: false},
      }))],
      hooks: {draw: [drawLines], setCursor: [(u) => u.cursor.idx !== null && u.cursor.left >= 0 && read(u.cursor.idx)]},
    }, data, canvas);
    if (options.pick) plot.over.addEventListener('click', () => at >= 0 && options.pick(at));
  }

  function range(u, low, high) {
    const values = [low, high, ...lines.map((line) => line.value)].filter((value) => Number.isFinite(value));
    if (values.length === 0 || (!options.points && Math.max(...values) === 0)) return [0, 1];
    const least = options.points ? Math.min(...values) : 0;
    const most = Math.max(...values);
    const room = (most - least || Math.abs(most) || 1) * 0.08;
    return [options.points ? least - room : 0, most + room];
  }

  function drawLines(u) {
    const ratio = devicePixelRatio;
    u.ctx.save();
    u.ctx.font = `${12 * ratio}px system-ui, sans-serif`;
    for (const line of lines) {
      const y = u.valToPos(line.value, 'y', true);
      u.ctx.strokeStyle = u.ctx.fillStyle = colour(line.severity === 'critical' ? 'bad' : line.severity === 'warning' ? 'warn' : 'info');
      u.ctx.lineWidth = 2 * ratio;
      u.ctx.setLineDash([6 * ratio, 4 * ratio]);
      u.ctx.beginPath();
      u.ctx.moveTo(u.bbox.left, y);
      u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
      u.ctx.stroke();
      writeLabel(u, line, y, ratio);
    }
    u.ctx.restore();
  }

  /** The name of a line, on a ground of its own so that points behind it leave it readable. */
  function writeLabel(u, line, y, ratio) {
    const width = u.ctx.measureText(line.label).width;
    const left = u.bbox.left + u.bbox.width - width - 8 * ratio;
    const ink = u.ctx.fillStyle;
    u.ctx.fillStyle = colour('panel');
    u.ctx.globalAlpha = 0.85;
    u.ctx.fillRect(left - 4 * ratio, y - 19 * ratio, width + 8 * ratio, 16 * ratio);
    u.ctx.globalAlpha = 1;
    u.ctx.fillStyle = ink;
    u.ctx.textAlign = 'left';
    u.ctx.fillText(line.label, left, y - 7 * ratio);
  }

  const values = (index) => options.series.map((series, i) => `${series.label} ${show(data[i + 1][index])}`).join(', ');

  function read(index) {
    at = index;
    reading.textContent = `${time(data[0][index] * 1000)}: ${values(index)}${options.note ? ` ${options.note(index)}` : ''}`;
  }

  function key(event) {
    const last = data[0].length - 1;
    const steps = {ArrowRight: at + 1, ArrowLeft: at < 0 ? last : at - 1, Home: 0, End: last, PageDown: at + 10, PageUp: at - 10};
    if (event.key === 'Enter' && options.pick && at >= 0) options.pick(at);
    else if (event.key in steps && last >= 0) {
      const index = Math.min(last, Math.max(0, steps[event.key]));
      plot.setCursor({left: plot.valToPos(data[0][index], 'x'), top: plot.over.clientHeight / 2}, false);
      read(index);
    } else return;
    event.preventDefault();
  }

  function writeTable() {
    if (!fallback.open) return;
    const indexes = data[0].map((_, index) => data[0].length - 1 - index).slice(0, 300);
    fill(rows, table(`${options.label}, newest first`, [
      {name: 'Time', cell: (index) => time(data[0][index] * 1000)},
      ...options.series.map((series, i) => ({name: series.label, number: true, cell: (index) => show(data[i + 1][index])})),
    ], indexes));
  }

  const sized = new ResizeObserver(() => plot && canvas.clientWidth > 0 && Math.abs(plot.width - canvas.clientWidth) > 1 && plot.setSize({width: canvas.clientWidth, height: options.height ?? 200}));
  const themed = onTheme(() => plot && build());
  sized.observe(canvas);
  return {
    element,
    set(seconds, columns, thresholds) {
      data = [seconds, ...columns.map((column) => column.map((value) => {
        const n = Number(value);
        return Number.isFinite(n) ? n : null;
      }))];
      if (thresholds) lines = thresholds;
      if (plot) plot.setData(data);
      else build();
      writeTable();
    },
    dispose() {
      sized.disconnect();
      themed();
      plot?.destroy();
    },
  };
}
