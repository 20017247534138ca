// Renews the page's sections every few seconds. Leaves alone a section that holds the focus or a
// selection, keeps opened details open, can be switched off, and says so when the server is away.
"use strict";
(() => {
  const EVERY_MS = 5000;
  const button = document.getElementById("live");
  const lost = document.getElementById("lost");
  const main = document.getElementById("main");
  let on = sessionStorage.getItem("naru.live") !== "off";
  let timer = 0;

  const busy = (section) => {
    const selection = document.getSelection();
    return section.contains(document.activeElement) ||
      (selection && !selection.isCollapsed && section.contains(selection.anchorNode));
  };

  const renew = (fresh) => {
    for (const section of [...main.querySelectorAll(":scope > section")]) {
      const next = fresh.getElementById(section.id);
      if (!next || busy(section)) continue;
      for (const open of section.querySelectorAll("details[open]")) {
        const twin = open.id && next.querySelector(`#${CSS.escape(open.id)}`);
        if (twin) twin.open = true;
      }
      const scrolled = [...section.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
      if (section.id === "overall") {
        replaceOverall(section, next);
      } else {
        section.replaceChildren(...next.childNodes);
      }
      section.querySelectorAll(".scroll").forEach((box, place) => { box.scrollLeft = scrolled[place] || 0; });
    }
    document.title = fresh.title;
  };

  // The sentence is a live region: its element stays, so that only a change is read out.
  const replaceOverall = (section, next) => {
    section.className = next.className;
    section.querySelector("h1").replaceChildren(...next.querySelector("h1").childNodes);
    const sentence = section.querySelector("#sentence");
    const said = next.querySelector("#sentence").textContent;
    if (sentence.textContent !== said) sentence.textContent = said;
    const facts = section.querySelectorAll(".facts > div:not(.live)");
    next.querySelectorAll(".facts > div:not(.live)").forEach((fact, place) => facts[place].replaceWith(fact));
  };

  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8000) });
      if (!answer.ok) throw new Error(answer.status);
      renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
  };

  const plan = () => {
    clearTimeout(timer);
    if (on) timer = setTimeout(async () => { if (!document.hidden) await look(); plan(); }, EVERY_MS);
  };

  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();

  button.hidden = false;
  button.setAttribute("aria-pressed", String(on));
  button.addEventListener("click", () => {
    on = !on;
    sessionStorage.setItem("naru.live", on ? "on" : "off");
    button.setAttribute("aria-pressed", String(on));
    plan();
  });
  document.addEventListener("visibilitychange", () => { if (on && !document.hidden) look().then(plan); });
  plan();
})();
