// Starts the page: which view is shown follows the address, so that every view has a link.
import {alertsView} from './alerts.js';
import {compareView} from './compare.js';
import {connect, load, onTick, pause} from './data.js';
import {h} from './dom.js';
import {eventsView} from './events.js';
import {jobView} from './job.js';
import {overviewView} from './overview.js';
import {signalsView} from './signals.js';
import {theme} from './theme.js';

const VIEWS = {overview: overviewView, alerts: alertsView, events: eventsView, signals: signalsView, compare: compareView, job: jobView};
const main = document.getElementById('view');
const announce = document.getElementById('announce');
let shown = null;

function route(moveFocus) {
  const [name, ...rest] = location.hash.replace(/^#\/?/, '').split('/');
  const key = rest.length ? decodeURIComponent(rest.join('/')) : '';
  const view = VIEWS[name] ? name : 'overview';
  for (const link of document.querySelectorAll('#nav a')) {
    if (link.getAttribute('href') === `#/${view}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (shown?.name === view && shown.go) {
    shown.go(key);
    return;
  }
  shown?.dispose();
  main.replaceChildren();
  shown = {name: view, ...VIEWS[view](main, key)};
  document.title = `${main.querySelector('h1')?.textContent ?? 'Monitor'} · Hookline monitor`;
  if (moveFocus) {
    scrollTo(0, 0);
    main.focus({preventScroll: true});
  }
}

function showConnection(state, problem) {
  const connection = document.getElementById('connection');
  const text = state === 'live' ? 'live' : problem;
  if (connection.dataset.state !== state) connection.dataset.state = state;
  const said = document.getElementById('connection-text');
  if (said.textContent !== text) said.textContent = text;
}

/** Says new alerts aloud, whatever view is shown; those from before the page are not news. */
function announceAlerts() {
  const badge = document.getElementById('firing');
  let known = null;
  onTick(async (tick, changed) => {
    badge.hidden = tick.firing === 0;
    badge.textContent = `${tick.firing} firing`;
    if (!changed.has('alerts')) return;
    const {current} = await load('alerts');
    const firing = current.filter((alert) => alert.state === 'firing');
    const news = known === null ? [] : firing.filter((alert) => !known.has(alert.fingerprint));
    known = new Set(firing.map((alert) => alert.fingerprint));
    if (news.length) announce.textContent = news.slice(0, 3).map((alert) => `${alert.severity} alert ${alert.rule}: ${alert.summary}`).join('. ');
  });
}

function addPause() {
  const button = h('button', {type: 'button', 'aria-pressed': 'false', onclick: () => {
    const on = button.getAttribute('aria-pressed') === 'false';
    button.setAttribute('aria-pressed', String(on));
    pause(on);
  }}, 'Pause updates');
  document.getElementById('connection').after(button);
}

theme(document.getElementById('theme'));
addPause();
addEventListener('hashchange', () => route(true));
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
connect(showConnection);
announceAlerts();
route(false);
