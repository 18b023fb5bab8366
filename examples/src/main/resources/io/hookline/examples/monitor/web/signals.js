// Signals over event time, with the thresholds of their rules.
import {timeChart} from './charts.js';
import {load, onTick} from './data.js';
import {fill, h, number, panel, path, table} from './dom.js';

/** A chart of one series of a signal; a click or Enter opens the event of a point. */
export function signalChart(label, height) {
  let points = null;
  const chart = timeChart({
    label, height, points: true, series: [{label: 'value', colour: 'series-1'}],
    pick: (index) => { location.hash = `#/events/${encodeURIComponent(points.events[index])}`; },
    note: (index) => (points ? `of event ${points.ids[index]}` : ''),
  });
  return {
    element: chart.element,
    dispose: chart.dispose,
    set(series) {
      points = series;
      chart.set(series.times.map((time) => time / 1000), [series.values], series.thresholds.map((line) => ({
        value: line.threshold, severity: line.severity, label: `${line.rule}: ${number(line.threshold)}`,
      })));
    },
  };
}

export function signalsView(main, key) {
  const filter = h('input', {type: 'search', 'data-keep': 'filter', oninput: () => list()});
  const names = h('div', {});
  const place = h('section', {class: 'panel', 'aria-label': 'Signal'});
  let all = [];
  let chart = null;
  let shown = '';
  main.append(
    h('h1', {}, 'Signals'),
    h('div', {class: 'side'}, panel('Series', h('div', {class: 'controls'}, h('label', {}, 'Filter', filter)), names), place),
  );

  function list() {
    const word = filter.value.toLowerCase();
    const found = all.filter((one) => one.key.toLowerCase().includes(word));
    fill(names, found.length === 0 ? h('p', {class: 'empty'}, all.length ? 'None has that in its name.' : 'No signal has come yet.') : table('Signals at modules', [
      {name: 'Signal', cell: (one) => [h('a', {href: `#/signals/${encodeURIComponent(one.key)}`, 'aria-current': one.key === key ? 'true' : null}, one.signal), h('div', {class: 'small faint'}, path(`${one.module}.${one.io}`), one.stage === 'pre' && ' before edits')]},
      {name: 'Newest', number: true, cell: (one) => number(one.last)},
    ], found.slice(0, 200), 'series'));
  }

  async function draw() {
    const series = key ? await load('signal', key) : null;
    if (!series) {
      chart?.dispose();
      chart = null;
      fill(place, h('p', {class: 'empty'}, all.length ? 'Choose a signal.' : 'Signals are scalars that a job derives from activations; none has come yet.'));
      return;
    }
    if (shown !== key || !chart) {
      chart?.dispose();
      chart = signalChart(`${series.signal} at ${series.module}`, 320);
      shown = key;
      fill(place, h('div', {class: 'head'}, h('h2', {}, `${series.signal} at ${series.module}.${series.io}`), h('span', {class: 'faint small'}, `${series.kind}, by event time`)), chart.element);
    }
    chart.set(series);
  }

  async function go(next) {
    key = next;
    list();
    await draw();
  }

  const end = onTick(async (tick, changed) => {
    if (!changed.has('signals') && !changed.has('alerts')) return;
    all = await load('signals');
    key ||= all[0]?.key ?? '';
    list();
    await draw();
  });
  return {
    go,
    dispose() {
      end();
      chart?.dispose();
    },
  };
}
