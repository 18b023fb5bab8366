// What the page knows: documents on request, and a stream that says when there is something new.

const listeners = new Set();
let source = null;
let last = null;
let paused = false;

/** A document of the monitor; null when there is no such thing (any more). */
export async function load(name, key) {
  const answer = await fetch(`/api/${name}${key === undefined ? '' : `?key=${encodeURIComponent(key)}`}`);
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`the monitor answered ${answer.status}`);
  return answer.json();
}

/** Calls back with each tick and the names of what has changed since the one before. */
export function onTick(listener) {
  listeners.add(listener);
  if (last) listener(last, new Set(Object.keys(last.versions)));
  return () => listeners.delete(listener);
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
  for (const listener of listeners) listener(tick, changed);
}
