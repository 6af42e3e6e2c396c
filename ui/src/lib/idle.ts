// Work that nobody waits for, in slices while the page has nothing else to do. `slice` says whether there is more.
export function whenIdle(slice: () => boolean) {
  const go = (free: () => number) => {
    do if (!slice()) return;
    while (free() > 2);
    again();
  };
  const again = () => {
    if ('requestIdleCallback' in window) requestIdleCallback((deadline) => go(() => deadline.timeRemaining()), { timeout: 2000 });
    else setTimeout(() => go(() => 0), 20);
  };
  again();
}
