// Elements and texts. Everything from a topic goes in as text, never as markup.

/** An element: properties that begin with "on" are listeners, true is an empty attribute, null and false are left out. */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts other children into an element; what had the focus or was scrolled there still is, by its data-keep or href. */
export function fill(element, ...children) {
  const mark = (node) => node?.getAttribute?.('data-keep') ?? node?.getAttribute?.('href');
  const focused = element.contains(document.activeElement) ? mark(document.activeElement) : null;
  const scrolled = new Map([...element.querySelectorAll('[data-keep]')].map((node) => [mark(node), node.scrollTop]));
  element.replaceChildren(...children.flat(2).filter(Boolean));
  for (const node of element.querySelectorAll('[data-keep], a[href]')) {
    if (scrolled.get(mark(node))) node.scrollTop = scrolled.get(mark(node));
    if (focused !== null && mark(node) === focused) node.focus({preventScroll: true});
  }
}

/** A table in a box that scrolls. Columns: {name, number, fit, cell(row)}; the first one heads the row; fit ones are never broken. */
export function table(caption, columns, rows, keep) {
  const cell = (column, row, index) => h(index === 0 ? 'th' : 'td', {
    scope: index === 0 ? 'row' : null,
    class: column.number ? 'number' : column.fit ? 'fit' : 'wrap',
  }, column.cell(row));
  return h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption, 'data-keep': keep ?? caption},
    h('table', {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, columns.map((column) => h('th', {scope: 'col', class: column.number ? 'number' : null}, column.name)))),
      h('tbody', {}, rows.map((row) => h('tr', {}, columns.map((column, index) => cell(column, row, index)))))));
}

/** Terms with what they are; empty values are left out. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return h('dl', {class: 'facts'}, known.map(([term, value]) => [h('dt', {}, term), h('dd', {}, value)]));
}

/** A module path that a narrow place breaks behind its dots. */
export const path = (text) => text.split(/(?<=\.)/).flatMap((part, index) => (index === 0 ? [part] : [h('wbr', {}), part]));

export const tag = (text, kind) => h('span', {class: `tag ${kind ?? ''}`}, text);

export const panel = (title, ...children) => h('section', {class: 'panel', 'aria-label': title}, h('h2', {}, title), ...children);

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const short = new Intl.NumberFormat('en', {maximumSignificantDigits: 4});

/** A number for people; NaN and infinite ones come as texts. */
export function number(value) {
  const n = typeof value === 'string' ? Number(value) : value;
  if (!Number.isFinite(n)) return Number.isNaN(n) ? 'NaN' : n > 0 ? '+∞' : '−∞';
  if (n !== 0 && Math.abs(n) < 1e-3) return n.toExponential(2);
  return Math.abs(n) >= 1000 ? whole.format(n) : short.format(n);
}

export function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let n = value;
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit === 0 ? whole.format(n) : n.toFixed(n < 10 ? 2 : n < 100 ? 1 : 0)} ${units[unit]}`;
}

export function time(millis) {
  if (typeof millis !== 'number') return '';
  const date = new Date(millis);
  const day = date.toDateString() === new Date().toDateString() ? '' : `${date.toISOString().slice(0, 10)} `;
  return day + date.toLocaleTimeString('en-GB');
}

/** "3 policies": versions by name as one text. */
export const versions = (map) => Object.entries(map ?? {}).map(([name, version]) => (version < 0 ? name : `${name} (${version})`)).join(', ');
