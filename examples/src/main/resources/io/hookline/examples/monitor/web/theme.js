// Dark and light: as the system says, or as was chosen here before.

const KEY = 'hookline.theme';
const listeners = new Set();

/** Calls back when colours have changed, so that canvases are drawn again. */
export function onTheme(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The colour of a CSS variable now. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export function theme(select) {
  const apply = (choice) => {
    if (choice === 'system') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.setAttribute('data-theme', choice);
    for (const listener of listeners) listener();
  };
  const chosen = localStorage.getItem(KEY);
  select.value = chosen === 'light' || chosen === 'dark' ? chosen : 'system';
  apply(select.value);
  select.addEventListener('change', () => {
    localStorage.setItem(KEY, select.value);
    apply(select.value);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => apply(select.value));
}
