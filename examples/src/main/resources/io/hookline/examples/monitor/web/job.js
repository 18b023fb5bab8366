// For the engineer: topics, models, what is in force, and why events were refused.
import {load, onTick} from './data.js';
import {bytes, facts, fill, h, number, panel, table, tag, time} from './dom.js';

export function jobView(main) {
  const topics = h('div', {});
  const models = h('div', {class: 'stack'});
  const control = h('div', {});
  const letters = h('div', {});
  main.append(
    h('h1', {}, 'Topics and job'),
    panel('Topics', topics),
    h('div', {class: 'columns'}, panel('Models', models), panel('In force on the control topic', control)),
    panel('Dead letters', letters),
  );
  let at = 0;
  const end = onTick(async (tick, changed) => {
    if (at++ % 3 === 0) {
      const flow = await load('throughput');
      fill(topics, topicTable(flow.topics), tick.unreadable > 0 && h('p', {class: 'small'}, tag(`${number(tick.unreadable)} unreadable`, 'warn'), ' records that were not what their topic holds were passed.'));
    }
    if (changed.has('models')) fill(models, (await load('models')).map(model));
    if (changed.has('control')) fill(control, controlTable(await load('control')));
    if (changed.has('deadLetters')) {
      const {codes, letters: list} = await load('dead-letters');
      fill(letters, h('p', {class: 'controls small'}, Object.entries(codes).map(([code, count]) => [tag(`${number(count)} × ${code}`, 'bad'), ' '])), letterTable(list));
    }
  });
  return {dispose: end};
}

function topicTable(topics) {
  const busy = topics.filter((topic) => topic.records > 0);
  return busy.length === 0 ? h('p', {class: 'empty'}, 'No record has come yet.') : table('Topics with records that the monitor has read', [
    {name: 'Topic', cell: (topic) => h('code', {}, topic.topic)},
    {name: 'Holds', fit: true, cell: (topic) => topic.kind.toLowerCase().replace('_', ' ')},
    {name: 'Records', number: true, cell: (topic) => number(topic.records)},
    {name: 'Bytes', number: true, cell: (topic) => bytes(topic.bytes)},
    {name: 'Left out', number: true, cell: (topic) => (topic.skipped ? number(topic.skipped) : '–')},
  ], busy);
}

function model(descriptor) {
  return h('div', {}, h('h3', {}, descriptor.name), facts([
    ['Kind', descriptor.kind],
    ['Modules', number(descriptor.modules.length)],
    ['Device', descriptor.device],
    ['Runtime', descriptor.runtime],
    ['Vocabulary', descriptor.vocabulary && number(descriptor.vocabulary)],
    ['Longest sequence', descriptor.maxPositions && `${number(descriptor.maxPositions)} tokens`],
    ['Digest', h('code', {title: descriptor.digest}, descriptor.digest.slice(0, 16))],
  ]));
}

function controlTable(entries) {
  if (entries.length === 0) return h('p', {class: 'empty'}, 'Nothing: no policy, vector, probe or rule.');
  return h('ul', {class: 'stack'}, entries.map((entry) => h('li', {}, h('details', {},
    h('summary', {}, h('code', {}, entry.key), ` version ${entry.version}, written ${time(entry.writtenAt)}`),
    entry.match && h('p', {class: 'small'}, 'for events that match ', h('code', {}, entry.match)),
    h('pre', {tabindex: 0, 'aria-label': `body of ${entry.key}`}, entry.body)))));
}

/** Dead letters, newest first. */
export function letterTable(letters) {
  if (letters.length === 0) return h('p', {class: 'empty'}, 'None.');
  return table('Dead letters, newest first', [
    {name: 'Event', cell: (letter) => h('a', {href: `#/events/${encodeURIComponent(letter.event)}`}, letter.eventId || `${letter.topic}-${letter.partition}@${letter.offset}`)},
    {name: 'Code', fit: true, cell: (letter) => tag(letter.code, 'bad')},
    {name: 'Reason', cell: (letter) => letter.reason},
    {name: 'At', cell: (letter) => letter.pointer && h('code', {}, letter.pointer)},
    {name: 'Time', fit: true, cell: (letter) => time(letter.eventTime)},
  ], letters);
}
