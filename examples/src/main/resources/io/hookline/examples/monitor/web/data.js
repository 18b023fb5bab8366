// What the page knows: documents on request, and a stream that says when there is something new.

const listeners = new Set();
let source = null;
let last = null;
let paused = false;

/** A document of the monitor; null when there is no such thing (any more). */
export async function load(name, key) {
  const path = `/api/${name}${key === undefined ? '' : `?key=${encodeURIComponent(key)}`}`;
  const answer = await fetch(path).catch(() => null);
  if (answer?.status === 404) return null;
  if (!answer?.ok) throw new Unanswered(`the monitor answered ${answer?.status ?? 'nothing'}`);
  return answer.json();
}

/** The monitor has ended or is too busy; the header of the page says so. */
class Unanswered extends Error {}

/** Calls back with a tick and the names of what has changed since the call before; never twice at a time. */
export function onTick(listener) {
  const known = {listener, busy: false, changed: new Set()};
  listeners.add(known);
  if (last) tell(known, Object.keys(last.versions));
  return () => listeners.delete(known);
}

async function tell(known, changed) {
  for (const name of changed) known.changed.add(name);
  if (known.busy) return;
  known.busy = true;
  const news = known.changed;
  known.changed = new Set();
  try {
    await known.listener(last, news);
  } catch (failure) {
    if (!(failure instanceof Unanswered)) console.error(failure);
    // What was to be shown is shown with the next tick.
    for (const name of news) known.changed.add(name);
  } finally {
    known.busy = false;
  }
}

/** Whether the page stands still; it goes on with what came meanwhile. */
export function pause(on) {
  paused = on;
}

/** Opens the stream while the page is seen; says through the callback how the connection is. */
export function connect(state) {
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource('/api/stream');
    source.addEventListener('tick', (event) => {
      const tick = JSON.parse(event.data);
      state(tick.problem ? 'lost' : 'live', tick.problem);
      if (!paused) deliver(tick);
    });
    source.addEventListener('error', () => state('lost', 'the monitor does not answer'));
  };
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else open();
  });
  open();
}

function deliver(tick) {
  const changed = new Set(Object.keys(tick.versions).filter((name) => tick.versions[name] !== last?.versions[name]));
  last = tick;
  for (const known of listeners) tell(known, changed);
}
