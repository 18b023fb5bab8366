// For the researcher: events, their module tree, and layer by token.
import {load, onTick} from './data.js';
import {fill, h, panel, table, tag, time} from './dom.js';
import {loadEvent, outcomeTag, recorded, showEvent} from './event.js';
import {moduleTree} from './tree.js';

/** Events as a table of links. */
export function eventTable(events, current) {
  if (events.length === 0) return h('p', {class: 'empty'}, 'No event has come yet.');
  return table('Events, newest first', [
    {name: 'Event', fit: true, cell: (event) => h('a', {href: `#/events/${encodeURIComponent(event.key)}`, 'aria-current': event.key === current ? 'true' : null}, event.eventId || event.key)},
    {name: 'Outcome', fit: true, cell: (event) => [outcomeTag(event), event.edited ? [' ', tag('steered', 'info')] : null]},
    {name: 'Result', cell: (event) => event.preview},
    {name: 'Recorded', number: true, cell: (event) => event.rows || '–'},
    {name: 'Time', fit: true, cell: (event) => time(event.eventTime)},
  ], events, 'events');
}

/** The paths of a model's modules in forward order; of the models that are known, else none. */
export async function moduleOrder(model) {
  const models = await load('models');
  return (models.find((known) => known.name === model) ?? models[0])?.modules.map((module) => module.path) ?? [];
}

export function eventsView(main, key) {
  const filter = h('input', {type: 'search', 'data-keep': 'filter', oninput: () => list()});
  const events = h('div', {});
  const tree = h('div', {class: 'tree'});
  const detail = h('section', {class: 'panel', 'aria-label': 'Event'});
  let all = [];
  let event = null;
  let order = [];
  let picked = '';
  let shown = null;
  main.append(
    h('h1', {}, 'Events'),
    panel('Newest events', h('div', {class: 'controls'}, h('label', {}, 'Filter', filter)), h('div', {class: 'low'}, events)),
    h('div', {class: 'side'}, panel('Modules', h('p', {class: 'small faint'}, 'Pick a module to see it and what is in it.'), tree), detail),
  );

  function list() {
    const word = filter.value.toLowerCase();
    const found = all.filter((one) => !word || `${one.eventId} ${one.preview} ${one.outcome} ${one.tenant ?? ''} ${one.edited ? 'steered' : ''}`.toLowerCase().includes(word));
    fill(events, found.length || !word ? h('div', {}, eventTable(found.slice(0, 200), key)) : h('p', {class: 'empty'}, `No event has “${filter.value}” in it.`));
  }

  function drawTree() {
    const paths = order.length ? order : [...recorded(event).keys()];
    tree.replaceChildren(paths.length ? moduleTree(paths, recorded(event), picked, (path) => {
      picked = path;
      drawEvent();
    }) : h('p', {class: 'empty'}, 'No model was announced yet.'));
  }

  function drawEvent() {
    shown?.dispose();
    shown = null;
    if (event) shown = showEvent(detail, event, picked, order);
    else fill(detail, h('p', {class: 'empty'}, key ? 'This event is no longer kept; only the newest ones are.' : 'Choose an event above.'));
  }

  async function go(next) {
    key = next;
    event = key ? await loadEvent(key) : null;
    order = await moduleOrder(event?.model);
    list();
    drawTree();
    drawEvent();
  }

  let opened = false;
  const end = onTick(async (tick, changed) => {
    if (changed.has('events')) {
      all = await load('events');
      list();
    }
    if (!opened && (key || all.length)) {
      opened = true;
      await go(key || (all.find((one) => one.rows > 0) ?? all[0]).key);
    } else if (opened && event?.outcome === 'running' && changed.has('events')) await go(key);
  });
  drawTree();
  drawEvent();
  return {
    go,
    dispose() {
      end();
      shown?.dispose();
    },
  };
}
