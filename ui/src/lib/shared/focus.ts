/** How many places are remembered. */
const KEPT = 12;
/** What cannot have the focus: for a while, or because it is about to go. */
const OUT = ":disabled, [inert], [inert] *";

/**
 * Keeps the keyboard somewhere: what had the focus in the main part before gets it back when what has it goes away; what
 * is disabled for a while gets it back itself. Returns how to stop.
 */
export function keepFocus(): () => void {
  /** What had the focus, newest first. */
  let had: readonly HTMLElement[] = [];
  /** The person left it for nothing, by a click beside it. */
  let left = false;

  function came({ target }: FocusEvent): void {
    left = false;
    if (target instanceof HTMLElement) had = [target, ...had.filter((place) => place !== target && place.isConnected)].slice(0, KEPT);
  }

  function went({ target, relatedTarget }: FocusEvent): void {
    if (relatedTarget !== null || !(target instanceof HTMLElement)) return;
    // Only afterwards it is known whether it went because it is gone.
    queueMicrotask(() => {
      if (had[0] === target) left = target.isConnected && !target.matches(OUT);
    });
  }

  function restore(): void {
    const [lost] = had;
    if (left || lost === undefined || document.activeElement !== document.body) return;
    if (lost.isConnected && lost.matches(OUT)) return;
    const within = had.filter((place) => place === lost || place.closest("main, dialog") !== null);
    const rest = [document.querySelector<HTMLElement>("dialog[open] button"), document.querySelector<HTMLElement>("main h1")];
    for (const place of [...within, ...rest]) {
      place?.focus({ preventScroll: true });
      if (document.activeElement === place) return;
    }
  }

  const observer = new MutationObserver(restore);
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["disabled"] });
  document.addEventListener("focusin", came);
  document.addEventListener("focusout", went);
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", came);
    document.removeEventListener("focusout", went);
  };
}
