// Alerts, and from each down to the events behind it.
import {load, onTick} from './data.js';
import {facts, fill, h, number, panel, path, table, tag, time} from './dom.js';
import {loadEvent, showEvent} from './event.js';
import {moduleOrder} from './events.js';
import {signalChart} from './signals.js';

/** One alert in a list. */
export function alertItem(alert, current) {
  return h('article', {class: `alert ${alert.state} ${alert.severity}`, 'aria-current': alert.fingerprint === current ? 'true' : null},
    h('p', {}, tag(alert.state, alert.state === 'firing' ? alert.severity : 'good'), ' ', tag(alert.severity, alert.severity), ' ', h('a', {href: `#/alerts/${encodeURIComponent(alert.fingerprint)}`}, alert.rule)),
    alert.summary && h('p', {}, alert.summary),
    h('p', {class: 'small faint wrap'}, `${alert.alertKey ? `${alert.alertKey} · ` : ''}${alert.signal} ${number(alert.value)} against ${number(alert.threshold)} at `, path(alert.module), ` · since ${time(alert.startedAt)}`));
}

export function alertsView(main, key) {
  const list = h('div', {class: 'alerts'});
  const detail = h('section', {class: 'panel', 'aria-label': 'Alert'});
  let current = [];
  let changes = [];
  let parts = [];
  let drawn = '';
  main.append(h('h1', {}, 'Alerts'), h('div', {class: 'side'}, panel('Firing first', list), detail));

  function drawList() {
    fill(list, current.length ? h('ul', {class: 'stack'}, current.slice(0, 100).map((alert) => h('li', {}, alertItem(alert, key))), current.length > 100 && h('li', {class: 'small faint'}, `and ${number(current.length - 100)} more`)) : h('p', {class: 'empty'}, 'No alert has come. That is what a quiet job looks like, and one without rules.'));
  }

  async function draw() {
    const alert = current.find((one) => one.fingerprint === key);
    const version = alert ? `${key} ${alert.state} ${alert.eventTime}` : '';
    if (version === drawn && drawn) return;
    drawn = version;
    parts.forEach((part) => part.dispose());
    parts = [];
    if (!alert) {
      fill(detail, h('p', {class: 'empty'}, current.length ? 'Choose an alert.' : 'Nothing to show yet.'));
      return;
    }
    const chart = h('div', {});
    const event = h('section', {class: 'panel', 'aria-label': 'Event behind the alert'});
    fill(detail, h('div', {class: 'head'}, h('h2', {}, alert.rule), tag(alert.state, alert.state === 'firing' ? alert.severity : 'good')),
      h('div', {class: 'grid'}, alert.summary && h('p', {}, alert.summary), alertFacts(alert), chart, behind(alert, (one) => drill(alert, one, event)), event, history(alert)));
    await Promise.all([drawChart(alert, chart), drill(alert, alert.exemplars.at(-1)?.event ?? null, event)]);
  }

  async function drawChart(alert, place) {
    const series = (await load('signals')).find((one) => one.signal === alert.signal && one.module === alert.module);
    const points = series && await load('signal', series.key);
    if (!points) return;
    const drawing = signalChart(`${alert.signal} at ${alert.module}`, 200);
    parts.push(drawing);
    fill(place, h('h3', {}, 'The signal'), drawing.element);
    drawing.set(points);
  }

  async function drill(alert, eventKey, place) {
    const found = eventKey ?? (alert.eventIds.length ? (await load('find', alert.eventIds.at(-1)))?.key : null);
    const event = found && await loadEvent(found);
    if (!event) {
      fill(place, h('p', {class: 'empty'}, 'Its event is no longer kept.'));
      return;
    }
    parts.push(showEvent(place, event, '', await moduleOrder(event.model)));
  }

  async function go(next) {
    key = next;
    drawList();
    await draw();
  }

  function history(alert) {
    const own = changes.filter((change) => change.fingerprint === alert.fingerprint);
    return table('Its changes, newest first', [
      {name: 'Event time', fit: true, cell: (change) => time(change.eventTime)},
      {name: 'State', fit: true, cell: (change) => tag(change.state, change.state === 'firing' ? change.severity : 'good')},
      {name: 'Value', number: true, cell: (change) => number(change.value)},
      {name: 'Threshold', number: true, cell: (change) => number(change.threshold)},
    ], own, 'changes');
  }

  const end = onTick(async (tick, changed) => {
    if (!changed.has('alerts')) return;
    ({current, changes} = await load('alerts'));
    key ||= current[0]?.fingerprint ?? '';
    drawList();
    await draw();
  });
  drawList();
  draw();
  return {
    go,
    dispose() {
      end();
      parts.forEach((part) => part.dispose());
    },
  };
}

function alertFacts(alert) {
  return facts([
    ['Severity', tag(alert.severity, alert.severity)],
    ['Detector', alert.detector],
    ['Key', alert.alertKey],
    ['Signal', `${alert.signal} at ${alert.module}`],
    ['Value', `${number(alert.value)} against ${number(alert.threshold)}`],
    ['Since', time(alert.startedAt)],
    ['Window', alert.windowStart && `${time(alert.windowStart)} to ${time(alert.windowEnd)}`],
    ['Rule version', alert.ruleVersion < 0 ? 'from a file' : alert.ruleVersion],
    ['Tenant', alert.tenant],
    ['Session', alert.session],
    ['Labels', Object.entries(alert.labels).map(([name, value]) => `${name}=${value}`).join(', ')],
    ['Fingerprint', h('code', {}, alert.fingerprint)],
  ]);
}

function behind(alert, show) {
  if (alert.exemplars.length === 0) return null;
  return h('div', {}, h('h3', {}, 'Events behind it'), h('p', {}, alert.exemplars.map((exemplar) => [
    h('button', {type: 'button', onclick: () => show(exemplar.event)}, `${exemplar.eventId}: ${number(exemplar.value)}`), ' ',
  ])));
}
