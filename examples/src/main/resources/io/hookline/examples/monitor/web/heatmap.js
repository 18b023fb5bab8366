// Layer by token: a grid of colours on uPlot's axes, with zoom, a keyboard, and a table beside it.
import uPlot from '/lib/uplot.js';
import {fill, h, number, table} from './dom.js';
import {scaleOf} from './palette.js';
import {colour, onTheme} from './theme.js';

const TABLE_COLUMNS = 60;

/**
 * A heatmap of a grid {label, rows: [{name, title}], columns: [{name, title}], cells: [row][column] (undefined: not recorded)}.
 * kind: how values become colours, see palette.js; limits: [low, high] shared with another one.
 */
export function heatmap(grid, kind, limits) {
  const scale = scaleOf(kind, grid.cells.map((row) => row.filter((value) => value !== undefined)), limits);
  const [rows, columns] = [grid.rows.length, grid.columns.length];
  const reading = h('p', {class: 'reading small', 'aria-live': 'polite'}, hint());
  const box = h('div', {
    class: 'chart', tabindex: 0, role: 'application', 'aria-roledescription': 'heatmap', 'aria-label': `${grid.label}: ${summary()}`,
    onkeydown: key,
  });
  const rest = h('div', {});
  const fallback = h('details', {ontoggle: writeTable}, h('summary', {}, `${grid.label} as a table`), rest);
  const element = h('div', {class: 'heatmap'}, box, legend(), reading, fallback);
  const picture = paint();
  let plot = null;
  let at = [rows - 1, -1];

  function hint() {
    return 'Point at a cell, or use the arrow keys; drag to zoom, double-click to see all again.';
  }

  function summary() {
    const values = grid.cells.flat().filter(Number.isFinite);
    const extreme = scaleOf('linear', grid.cells.map((row) => row.filter((value) => value !== undefined)));
    return `${rows} modules by ${columns} tokens, ${values.length} values from ${number(extreme.low)} to ${number(extreme.high)}. Arrow keys read cells; the same as a table below.`;
  }

  function legend() {
    const bar = h('canvas', {width: 128, height: 1, role: 'img', 'aria-label': 'colours from low to high'});
    const context = bar.getContext('2d');
    for (let x = 0; x < 128; x++) {
      context.fillStyle = `rgb(${scale.colours(x / 127).join(' ')})`;
      context.fillRect(x, 0, 1, 1);
    }
    const ends = scale.low === null ? ['least of its row', 'most of its row'] : [number(scale.low), number(scale.high)];
    return h('p', {class: 'scale'}, h('span', {}, ends[0]), bar, h('span', {}, ends[1]),
      h('span', {class: 'swatch none', 'aria-hidden': 'true'}), 'not recorded',
      h('span', {class: 'swatch nan', 'aria-hidden': 'true'}), 'NaN');
  }

  /** One pixel a cell; the first row is the lowest, where a network begins. */
  function paint() {
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, columns);
    canvas.height = Math.max(1, rows);
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const value = grid.cells[r][c];
        if (value === undefined) continue;
        image.data.set([...scale.colours(scale.share(value, r)), 255], ((rows - 1 - r) * columns + c) * 4);
      }
    }
    context.putImageData(image, 0, 0);
    return canvas;
  }

  function draw(u) {
    const left = u.valToPos(-0.5, 'x', true);
    const right = u.valToPos(columns - 0.5, 'x', true);
    const top = u.valToPos(rows - 0.5, 'y', true);
    const bottom = u.valToPos(-0.5, 'y', true);
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    u.ctx.clip();
    u.ctx.fillStyle = colour('none');
    u.ctx.fillRect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    u.ctx.imageSmoothingEnabled = false;
    u.ctx.drawImage(picture, left, top, right - left, bottom - top);
    u.ctx.restore();
  }

  function build() {
    plot?.destroy();
    const font = '12px system-ui, sans-serif';
    const context = document.createElement('canvas').getContext('2d');
    context.font = font;
    const widest = Math.max(...grid.rows.map((row) => context.measureText(row.name).width), 20);
    const narrow = box.clientWidth < 560;
    const axis = {stroke: colour('faint'), font, grid: {show: false}, ticks: {stroke: colour('line')}};
    const texts = !narrow && columns <= 90 && grid.columns.some((column) => column.title !== column.name);
    plot = new uPlot({
      width: Math.max(200, box.clientWidth || 600),
      height: Math.min(640, Math.max(120, rows * 22)) + (texts ? 95 : 45),
      legend: {show: false},
      cursor: {points: {show: false}, drag: {x: true, y: false}},
      scales: {x: {time: false, range: (u, low, high) => (low === null || low === 0 && high === columns - 1 ? [-0.5, columns - 0.5] : [low, high])}, y: {range: [-0.5, rows - 0.5]}},
      axes: [
        {...axis, size: texts ? 80 : 34, rotate: texts ? -60 : 0, space: texts ? 13 : 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500],
          values: (u, splits) => splits.map((c) => (Number.isInteger(c) && grid.columns[c] ? (texts ? short(grid.columns[c].title) : grid.columns[c].name) : ''))},
        {...axis, size: Math.min(widest + 20, narrow ? 110 : 280), space: 14, incrs: [1, 2, 5, 10, 20, 50],
          values: (u, splits) => splits.map((r) => (Number.isInteger(r) ? grid.rows[r]?.name ?? '' : ''))},
      ],
      series: [{}, {paths: () => null, points: {show: false}}],
      hooks: {draw: [draw], setCursor: [(u) => u.cursor.left >= 0 && read(Math.round(u.posToVal(u.cursor.top, 'y')), Math.round(u.posToVal(u.cursor.left, 'x')))]},
    }, [grid.columns.map((_, c) => c), grid.columns.map(() => 0)], box);
  }

  const short = (text) => (text.length > 11 ? `${text.slice(0, 10)}…` : text);

  function read(r, c) {
    if (!grid.rows[r] || !grid.columns[c]) return;
    at = [r, c];
    const value = grid.cells[r][c];
    reading.textContent = `${grid.rows[r].title}, token ${grid.columns[c].name} “${grid.columns[c].title}”: ${value === undefined ? 'not recorded' : number(value)}`;
  }

  function key(event) {
    const moves = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [1, 0], ArrowDown: [-1, 0], Home: [0, -columns], End: [0, columns], PageUp: [rows, 0], PageDown: [-rows, 0]};
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const clamp = (value, most) => Math.min(most - 1, Math.max(0, value));
    const [r, c] = [clamp(at[0] + move[0], rows), clamp(at[1] + move[1], columns)];
    plot.setCursor({left: plot.valToPos(c, 'x'), top: plot.valToPos(r, 'y')}, false);
    read(r, c);
  }

  function writeTable() {
    if (!fallback.open) return;
    const shown = grid.columns.slice(0, TABLE_COLUMNS).map((column, c) => ({name: `${column.name} ${column.title === column.name ? '' : column.title}`, number: true, cell: (r) => (grid.cells[r][c] === undefined ? '–' : number(grid.cells[r][c]))}));
    fill(rest, table(`${grid.label}${columns > TABLE_COLUMNS ? `, the first ${TABLE_COLUMNS} of ${columns} tokens` : ''}`,
      [{name: 'Module', cell: (r) => grid.rows[r].title}, ...shown], grid.rows.map((_, r) => rows - 1 - r)));
  }

  const sized = new ResizeObserver(() => box.clientWidth > 0 && (!plot || Math.abs(plot.width - box.clientWidth) > 1) && build());
  const themed = onTheme(() => plot && build());
  sized.observe(box);
  return {
    element,
    dispose() {
      sized.disconnect();
      themed();
      plot?.destroy();
    },
  };
}
