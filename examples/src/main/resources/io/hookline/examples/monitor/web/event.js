// One event: prompt, continuation, what acted on it, and what was recorded.
import {load} from './data.js';
import {facts, fill, h, tag, time, versions} from './dom.js';
import {heatmap} from './heatmap.js';
import {isWithin} from './tree.js';

const SCALES = [['log', 'logarithmic'], ['linear', 'linear'], ['row', 'each module by itself']];

/** An event with its prompts, which come from another topic and may be gone; null when the event is no longer kept. */
export async function loadEvent(key) {
  const [event, asked] = await Promise.all([load('event', key), load('prompt', key)]);
  return event && {...event, prompts: asked?.prompts ?? [], program: asked?.program};
}

/** How many rows were recorded, by module path. */
export function recorded(event) {
  const counts = new Map();
  for (const row of event?.heatmap ?? []) counts.set(row.module, (counts.get(row.module) ?? 0) + 1);
  return counts;
}

/** The grid of one invocation: modules of the picked subtree in forward order by tokens; null when nothing was recorded. */
export function gridOf(event, invocation, picked, order) {
  const rows = event.heatmap.filter((row) => row.invocation === invocation && isWithin(row.module, picked));
  if (rows.length === 0) return null;
  const place = new Map(order.map((path, index) => [path, index]));
  const where = (row) => place.get(row.module) ?? order.length;
  rows.sort((a, b) => where(a) - where(b) || a.module.localeCompare(b.module, 'en', {numeric: true}) || b.io.localeCompare(a.io));
  const outcome = event.invocations[invocation];
  const prompt = outcome?.tokens.length ?? 1 + rows.reduce((most, row) => Math.max(most, ...row.tokens.filter((_, i) => row.steps[i] === 0)), 0);
  const column = (step, token) => (step === 0 ? token : prompt + step - 1 + token);
  const places = rows.map((row) => row.steps.map((step, i) => column(step, row.tokens[i])));
  const first = places.reduce((least, list) => list.reduce((a, b) => Math.min(a, b), least), Infinity);
  const last = places.reduce((most, list) => list.reduce((a, b) => Math.max(a, b), most), 0);
  const ids = [...(outcome?.tokens ?? []), ...(outcome?.generated ?? [])];
  const columns = Array.from({length: last - first + 1}, (_, i) => ({name: String(first + i), title: name(event, ids[first + i], first + i)}));
  const cells = rows.map((row, r) => {
    const line = new Array(columns.length).fill(undefined);
    row.norms.forEach((norm, i) => { line[places[r][i] - first] = Number(norm); });
    return line;
  });
  return {label: `Activation norms of ${event.eventId || event.key}`, rows: names(rows), columns, cells, first};
}

function name(event, id, index) {
  const known = id === undefined ? undefined : event.tokenNames?.[id];
  return known ?? (id === undefined ? String(index) : `#${id}`);
}

/** Paths without what they share, as long as that is whole segments. */
function names(rows) {
  const split = rows.map((row) => row.module.split('.'));
  let shared = 0;
  while (split.every((path) => path.length > shared + 1 && path[shared] === split[0][shared])) shared++;
  if (/^\d+$/.test(split[0][shared] ?? '') && shared > 0) shared--;
  const sites = new Set(rows.map((row) => row.io));
  return rows.map((row, r) => {
    const more = [sites.size > 1 || row.io !== 'output' ? row.io : '', row.index ? `[${row.index}]` : '', row.visit ? `visit ${row.visit}` : '', row.stage === 'pre' ? 'before edits' : '', row.part].filter(Boolean).join(' ');
    return {name: `${split[r].slice(shared).join('.')}${more ? ` ${more}` : ''}`, title: `${row.module}.${row.io}${row.stage === 'pre' ? ', before edits' : ''}`};
  });
}

/** A heatmap with its choice of scale. */
export function heatmapPanel(event, invocation, picked, order) {
  const grid = gridOf(event, invocation, picked, order);
  if (!grid) {
    return {element: h('p', {class: 'empty'}, picked && event.heatmap.length ? `Nothing was recorded in ${picked} for each token; pick another module.` : 'No activation with a value for each token was recorded for this invocation.'), dispose() {}};
  }
  const place = h('div', {});
  let shown = null;
  const show = (kind) => {
    shown?.dispose();
    shown = heatmap(grid, kind);
    place.replaceChildren(shown.element);
  };
  const select = h('select', {onchange: () => show(select.value)}, SCALES.map(([value, text]) => h('option', {value}, text)));
  show('log');
  return {element: h('div', {}, h('div', {class: 'controls'}, h('label', {}, 'Colour scale', select)), place), dispose: () => shown.dispose()};
}

export const outcomeTag = (event) => tag(event.outcome, event.outcome === 'ok' ? 'good' : event.outcome === 'running' ? 'info' : 'bad');

/** Everything about an event but its heatmaps. */
export function eventFacts(event) {
  return facts([
    ['Outcome', outcomeTag(event)],
    ['Error', event.error && `${event.code ? `${event.code}: ` : ''}${event.error}`],
    ['Steering', event.edited ? versions({...event.vectors, ...event.interventions}) : 'none'],
    ['Policies', versions(event.policies)],
    ['Model', event.model],
    ['Event time', time(event.eventTime)],
    ['Tenant', event.tenant],
    ['Session', event.session],
    ['Headers', Object.entries(event.headers ?? {}).map(([key, value]) => `${key}=${value}`).join(', ')],
    ['Records', Object.entries(event.recordCounts ?? {}).map(([cache, count]) => `${count} of cache ${cache}`).join(', ')],
    ['Left out', (event.omitted ?? []).join('; ')],
    ['Read at', `${event.source.topic}, partition ${event.source.partition}, offset ${event.source.offset}`],
  ]);
}

/** Prompt and continuation of one invocation. */
export function texts(event, invocation) {
  const outcome = event.invocations[invocation];
  const tokens = outcome && event.tokenNames && outcome.tokens.map((id) => event.tokenNames[id] ?? `#${id}`).join('');
  const prompt = event.prompts[invocation] ?? tokens;
  return h('div', {class: 'grid'},
    h('div', {}, h('h3', {}, 'Prompt'), prompt ? h('p', {class: 'text'}, prompt) : h('p', {class: 'empty'}, 'Its event is no longer in its topic, or prompts are not shown.')),
    outcome?.text ? h('div', {}, h('h3', {}, 'Continuation'), h('p', {class: 'text'}, outcome.text)) : null);
}

/** Shows an event with all of its invocations in an element; dispose() ends the charts. */
export function showEvent(element, event, picked, order) {
  const parts = [];
  const count = Math.max(event.invocations.length, event.prompts.length, ...event.heatmap.map((row) => row.invocation + 1), 0);
  const invocations = Array.from({length: count}, (_, i) => {
    const map = heatmapPanel(event, i, picked, order);
    parts.push(map);
    const title = event.invocations[i]?.name ?? (count > 1 ? `Invocation ${i}` : null);
    return h('section', {class: 'grid', 'aria-label': title ?? 'Invocation'}, title && h('h2', {}, title), texts(event, i), h('div', {}, h('h3', {}, 'Activation norms, module by token'), map.element));
  });
  fill(element,
    h('div', {class: 'head'}, h('h2', {}, event.eventId || event.key), outcomeTag(event)),
    h('div', {class: 'grid'}, ...invocations, eventFacts(event),
      event.program && h('details', {}, h('summary', {}, 'The event as it was sent'), h('pre', {tabindex: 0, 'aria-label': 'the event'}, event.program))));
  return {dispose: () => parts.forEach((part) => part.dispose())};
}
