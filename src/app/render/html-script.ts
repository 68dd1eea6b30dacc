// The few lines of script of the page: filter, open all, open what is linked to. The page says everything without them.

/** Runs under a policy that allows this text by its hash and nothing else. It only hides and opens what is there: it writes no markup. */
export const SCRIPT = `"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const reveal = () => {
    const target = location.hash.length > 1 ? by(decodeURIComponent(location.hash.slice(1))) : null;
    if (!target) return;
    const inner = target.querySelector("details");
    if (inner && target.matches("article")) inner.open = true;
    for (let at = target; at; at = at.parentElement) {
      if (at.matches("details")) at.open = true;
      at.hidden = false;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  const cards = [...document.querySelectorAll("article.finding")];
  const filter = by("filter");
  if (filter) {
    filter.hidden = false;
    const text = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
    const apply = () => {
      const words = by("find").value.toLowerCase().split(/\\s+/).filter(Boolean);
      const level = by("level").value;
      for (const card of cards)
        card.hidden = (level !== "" && card.dataset.level !== level) || !words.every((word) => text.get(card).includes(word));
      const left = cards.filter((card) => !card.hidden).length;
      by("shown").value = left === cards.length ? "" : left + " of " + cards.length + " shown";
    };
    by("find").addEventListener("input", apply);
    by("level").addEventListener("change", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
    by("all").addEventListener("click", () => {
      const open = by("all").textContent === "Open all";
      for (const card of cards) card.querySelector("details").open = open;
      by("all").textContent = open ? "Close all" : "Open all";
    });
  }
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details")) each.open = true;
  });
  reveal();
})();
`;
