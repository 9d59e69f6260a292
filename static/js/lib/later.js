// Modules of elements that few pages have. Each is fetched when the first such element stands on the page; with `ahead`
// also as soon as somebody is there, so that a click does not wait for it, nor miss it after a release.
const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin"];
const AGAIN_AFTER = 5_000;

export function later(modules, { ahead = false } = {}) {
  const missing = new Map(Object.entries(modules).map(([name, fetch]) => [document.getElementsByTagName(name), fetch]));
  const take = (elements, fetch) => {
    missing.delete(elements);
    // It may be a moment without a network: with a later change of the page it is tried again.
    fetch().catch(() => setTimeout(() => missing.set(elements, fetch), AGAIN_AFTER));
  };
  const look = () => {
    for (const [elements, fetch] of [...missing]) if (elements.length) take(elements, fetch);
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  look();
  if (!ahead) return;
  const takeAll = () => { for (const [elements, fetch] of [...missing]) take(elements, fetch); };
  for (const sign of SIGNS) addEventListener(sign, takeAll, { once: true, passive: true });
}
