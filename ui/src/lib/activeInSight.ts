// <div class="tabs" v-active-in-sight>: where the tabs do not all fit, scrolls so that the active one is seen.
import type { Directive } from 'vue';

function show(tabs: HTMLElement) {
  const active = tabs.querySelector<HTMLElement>('[aria-selected="true"], [aria-current="page"]');
  if (!active) return;
  const { left, right } = tabs.getBoundingClientRect();
  const box = active.getBoundingClientRect();
  const SPARE = 32; // of the next tab, to say that there is one
  if (box.left < left) tabs.scrollLeft += box.left - left - SPARE;
  else if (box.right > right) tabs.scrollLeft += box.right - right + SPARE;
}

export const vActiveInSight: Directive<HTMLElement> = { mounted: show, updated: show };
