// The module tree: pick a module, and what is shown is it and all that is in it.
import {h} from './dom.js';

/**
 * A tree of module paths. counts: how much was recorded, by path. pick(path) is called with the choice.
 * Keys are those of every tree: arrows, Home, End, Enter.
 */
export function moduleTree(paths, counts, selected, pick) {
  const root = grow(paths, counts);
  const list = h('ul', {role: 'tree', 'aria-label': 'Modules'}, root.map((node) => item(node, 0)));
  const items = () => [...list.querySelectorAll('[role="treeitem"]')].filter((element) => element.offsetParent !== null);
  list.addEventListener('keydown', key);
  const first = list.querySelector('[aria-selected="true"]') ?? list.querySelector('[role="treeitem"]');
  first?.setAttribute('tabindex', '0');

  function item(node, depth) {
    const open = depth < 2 || selected.startsWith(`${node.path}.`);
    const parent = node.children.length > 0;
    const element = h('li', {
      role: 'treeitem', tabindex: -1, 'data-path': node.path, 'aria-selected': String(node.path === selected),
      'aria-expanded': parent ? String(open) : null,
      'aria-label': `${node.name}${node.count ? `, ${node.count} recorded` : ''}`,
    }, h('div', {class: 'node', onclick: (event) => {
      if (parent && event.target.classList.contains('twist')) toggle(element);
      else choose(element);
    }}, h('span', {class: 'twist', 'aria-hidden': 'true'}), h('code', {}, node.name), node.count > 0 && h('span', {class: 'small faint'}, `${node.count}`)));
    if (parent) element.append(h('ul', {role: 'group', hidden: !open}, node.children.map((child) => item(child, depth + 1))));
    return element;
  }

  function toggle(element, to) {
    const group = element.querySelector(':scope > [role="group"]');
    if (!group) return;
    const open = to ?? group.hidden;
    group.hidden = !open;
    element.setAttribute('aria-expanded', String(open));
  }

  function focus(element) {
    if (!element) return;
    for (const other of list.querySelectorAll('[tabindex="0"]')) other.setAttribute('tabindex', '-1');
    element.setAttribute('tabindex', '0');
    element.focus();
  }

  function choose(element) {
    for (const other of list.querySelectorAll('[aria-selected="true"]')) other.setAttribute('aria-selected', 'false');
    element.setAttribute('aria-selected', 'true');
    focus(element);
    pick(element.dataset.path);
  }

  function key(event) {
    const current = event.target.closest('[role="treeitem"]');
    if (!current) return;
    const all = items();
    const index = all.indexOf(current);
    const open = current.getAttribute('aria-expanded');
    const acts = {
      ArrowDown: () => focus(all[index + 1]),
      ArrowUp: () => focus(all[index - 1]),
      Home: () => focus(all[0]),
      End: () => focus(all.at(-1)),
      ArrowRight: () => (open === 'false' ? toggle(current, true) : open === 'true' && focus(all[index + 1])),
      ArrowLeft: () => (open === 'true' ? toggle(current, false) : focus(current.parentElement.closest('[role="treeitem"]'))),
      Enter: () => choose(current),
      ' ': () => choose(current),
    };
    if (acts[event.key]) {
      acts[event.key]();
      event.preventDefault();
    }
  }

  return list;
}

function grow(paths, counts) {
  const nodes = new Map();
  const roots = [];
  const node = (path) => {
    if (nodes.has(path)) return nodes.get(path);
    const dot = path.lastIndexOf('.');
    const made = {path, name: dot < 0 ? path : path.slice(dot + 1), children: [], count: 0};
    nodes.set(path, made);
    (dot < 0 ? roots : node(path.slice(0, dot)).children).push(made);
    return made;
  };
  for (const path of paths) node(path);
  for (const [path, count] of counts) {
    for (let at = node(path); at; at = nodes.get(at.path.slice(0, Math.max(0, at.path.lastIndexOf('.'))))) at.count += count;
  }
  return roots;
}

/** Whether a module is the picked one or lies in it; no choice is all. */
export const isWithin = (path, picked) => picked === '' || path === picked || path.startsWith(`${picked}.`);
