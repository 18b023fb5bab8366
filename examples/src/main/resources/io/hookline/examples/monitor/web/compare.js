// The same prompt, left alone and steered: texts and activations beside each other, and their difference.
import {load, onTick} from './data.js';
import {fill, h, panel, versions} from './dom.js';
import {gridOf, loadEvent, texts} from './event.js';
import {moduleOrder} from './events.js';
import {heatmap} from './heatmap.js';
import {extent} from './palette.js';

export function compareView(main, key) {
  const pairs = h('select', {'data-keep': 'pair', onchange: () => choose(...pairs.value.split(' '))});
  const [left, right] = [selectOf('Left'), selectOf('Right')];
  const place = h('div', {class: 'grid'});
  let events = [];
  let parts = [];
  let chosen = key ? key.split(' ') : [];
  main.append(h('h1', {}, 'Compare'), panel('Steered beside unsteered', h('div', {class: 'controls'}, h('label', {}, 'Same prompt', pairs), h('label', {}, 'Left', left), h('label', {}, 'Right', right)), place));

  function selectOf(name) {
    return h('select', {'data-keep': name, onchange: () => choose(left.value, right.value)});
  }

  function choose(a, b) {
    location.hash = `#/compare/${encodeURIComponent(`${a} ${b}`)}`;
  }

  async function lists() {
    const [found, all] = await Promise.all([load('pairs'), load('events')]);
    events = all.filter((event) => event.outcome === 'ok');
    if (chosen.length < 2 && found.length) chosen = [found[0].plain.key, found[0].edited.key];
    const option = (event) => h('option', {value: event.key, selected: false}, `${event.eventId || event.key}${event.edited ? ' (steered)' : ''}`);
    pairs.replaceChildren(h('option', {value: ''}, found.length ? 'choose a pair' : 'none yet'), ...found.map((pair) => h('option', {value: `${pair.plain.key} ${pair.edited.key}`}, `${pair.plain.eventId} and ${pair.edited.eventId}`)));
    pairs.value = found.some((pair) => `${pair.plain.key} ${pair.edited.key}` === chosen.join(' ')) ? chosen.join(' ') : '';
    left.replaceChildren(...events.map(option));
    right.replaceChildren(...events.map(option));
    [left.value, right.value] = [chosen[0] ?? '', chosen[1] ?? ''];
  }

  async function draw() {
    parts.forEach((part) => part.dispose());
    parts = [];
    const [a, b] = chosen.length === 2 ? await Promise.all(chosen.map(loadEvent)) : [null, null];
    if (!a || !b) {
      fill(place, h('p', {class: 'empty'}, 'Two events with the same prompt, of which one was steered, are shown here as soon as they come; or choose any two above.'));
      return;
    }
    const order = await moduleOrder(a.model);
    const grids = [gridOf(a, 0, '', order), gridOf(b, 0, '', order)];
    fill(place, h('div', {class: 'columns'}, side(a, b, 'del'), side(b, a, 'ins')), ...maps(grids, [a, b]));
  }

  function side(event, other, mark) {
    const text = event.invocations[0]?.text ?? '';
    const words = marked(text, other.invocations[0]?.text ?? '', mark);
    return h('section', {class: 'grid', 'aria-label': event.eventId || event.key},
      h('h2', {}, h('a', {href: `#/events/${encodeURIComponent(event.key)}`}, event.eventId || event.key)),
      h('p', {class: 'small faint'}, event.edited ? `steered by ${versions({...event.vectors, ...event.interventions})}` : 'left alone'),
      texts({...event, invocations: event.invocations.map((one) => ({...one, text: ''}))}, 0),
      text && h('div', {}, h('h3', {}, 'Continuation'), h('p', {class: 'text'}, words)));
  }

  function maps(grids, pair) {
    if (!grids[0] || !grids[1]) return [h('p', {class: 'empty'}, 'Activations were not recorded of both.')];
    const limits = extent(grids.flatMap((grid) => grid.cells.flat()).filter(Number.isFinite));
    const shown = grids.map((grid) => heatmap(grid, 'log', limits));
    const difference = heatmap(minus(grids[1], grids[0], `Norms of ${pair[1].eventId} less those of ${pair[0].eventId}`), 'difference');
    parts.push(...shown, difference);
    return [
      h('div', {class: 'columns'}, shown.map((map) => h('div', {}, h('h3', {}, 'Activation norms'), map.element))),
      h('div', {}, h('h3', {}, 'Difference: right less left'), difference.element),
    ];
  }

  const end = onTick(async (tick, changed) => {
    if (!changed.has('events')) return;
    const before = chosen.join(' ');
    await lists();
    if (chosen.join(' ') !== before || parts.length === 0) await draw();
  });
  return {
    async go(next) {
      chosen = next.split(' ');
      await lists();
      await draw();
    },
    dispose() {
      end();
      parts.forEach((part) => part.dispose());
    },
  };
}

/** The cells that both have, one less the other. */
function minus(grid, other, label) {
  const rows = new Map(other.rows.map((row, index) => [row.title, index]));
  const cells = grid.cells.map((line, r) => line.map((value, c) => {
    const from = other.cells[rows.get(grid.rows[r].title)]?.[c + grid.first - other.first];
    return value === undefined || from === undefined ? undefined : value - from;
  }));
  return {...grid, label, cells};
}

/** The words of a text; those that the other text does not have in this order are marked. */
function marked(text, other, mark) {
  const [a, b] = [text, other].map((one) => one.split(/(\s+)/).slice(0, 1200));
  const length = Array.from({length: a.length + 1}, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
  }
  const parts = [];
  for (let i = 0, j = 0; i < a.length; i++) {
    while (j < b.length && a[i] !== b[j] && length[i][j + 1] >= length[i + 1][j]) j++;
    if (a[i] === b[j]) {
      parts.push(a[i]);
      j++;
    } else parts.push(h(mark, {}, a[i]));
  }
  return parts;
}
