// For the person on call: what fires, what flows, what failed.
import {alertItem} from './alerts.js';
import {timeChart} from './charts.js';
import {load, onTick} from './data.js';
import {bytes, fill, h, number, panel} from './dom.js';
import {eventTable} from './events.js';
import {letterTable} from './job.js';

const TILES = [
  ['events', 'Events', number], ['records', 'Activation records', number], ['bytes', 'Read from topics', bytes],
  ['signals', 'Signals', number], ['deadLetters', 'Dead letters', number],
];

/** Alerts that are shown before those below them are out of sight. */
const MOST = 5;

export function overviewView(main) {
  const tiles = h('dl', {class: 'tiles'});
  const events = timeChart({label: 'Events and dead letters a second', height: 170, series: [{label: 'events/s', colour: 'series-1'}, {label: 'dead letters/s', colour: 'series-4'}]});
  const records = timeChart({label: 'Activation records and signals a second', height: 170, series: [{label: 'records/s', colour: 'series-3'}, {label: 'signals/s', colour: 'series-2'}]});
  const alerts = h('div', {});
  const newest = h('div', {});
  const letters = h('div', {});
  main.append(
    h('h1', {}, 'Overview'),
    tiles,
    h('div', {class: 'columns'}, panel('Firing alerts', alerts), panel('Newest dead letters', letters)),
    h('div', {class: 'columns'}, panel('Events', events.element), panel('Activations', records.element)),
    panel('Newest events', newest),
  );
  const end = onTick(async (tick, changed) => {
    fill(tiles, TILES.map(([name, label, show]) => tile(label, tick.rates[name], show, name === 'deadLetters')));
    const flow = await load('throughput');
    events.set(flow.seconds, [flow.events, flow.deadLetters]);
    records.set(flow.seconds, [flow.records, flow.signals]);
    if (changed.has('alerts')) {
      const firing = (await load('alerts')).current.filter((alert) => alert.state === 'firing');
      fill(alerts, firing.length
        ? h('ul', {class: 'stack'}, firing.slice(0, MOST).map((alert) => h('li', {}, alertItem(alert))), firing.length > MOST && h('li', {}, h('a', {href: '#/alerts'}, `All ${number(firing.length)} that fire`)))
        : h('p', {class: 'empty'}, 'Nothing fires.'));
    }
    if (changed.has('deadLetters')) fill(letters, letterTable((await load('dead-letters')).letters.slice(0, 8)));
    if (changed.has('events')) fill(newest, eventTable((await load('events')).slice(0, 12)));
  });
  return {
    dispose() {
      end();
      events.dispose();
      records.dispose();
    },
  };
}

function tile(label, rate, show, bad) {
  return h('div', {class: bad && rate.total > 0 ? 'bad' : null},
    h('dt', {}, label),
    h('dd', {}, h('span', {class: 'value'}, `${show(rate.perSecond)}`), '/s'),
    h('dd', {class: 'small faint'}, `${show(rate.total)} since the start`));
}
