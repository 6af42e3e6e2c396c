// <div class="tabs" v-active-in-sight>: where the tabs do not all fit, scrolls so that the active one is seen. It looks in
// the next frame, when the page is laid out anyway, and only when another tab is active or there are more of them.
import type { Directive } from 'vue';

function show(tabs: HTMLElement, active: HTMLElement) {
  const { left, right } = tabs.getBoundingClientRect();
  const box = active.getBoundingClientRect();
  const SPARE = 32; // of the next tab, to say that there is one
  if (box.left < left) tabs.scrollLeft += box.left - left - SPARE;
  else if (box.right > right) tabs.scrollLeft += box.right - right + SPARE;
}

const seen = new WeakMap<HTMLElement, { active: HTMLElement; count: number }>();

function look(tabs: HTMLElement) {
  const active = tabs.querySelector<HTMLElement>('[aria-selected="true"], [aria-current="page"]');
  const count = tabs.childElementCount;
  const before = seen.get(tabs);
  if (!active || (before?.active === active && before.count === count)) return;
  seen.set(tabs, { active, count });
  requestAnimationFrame(() => show(tabs, active));
}

export const vActiveInSight: Directive<HTMLElement> = { mounted: look, updated: look };
