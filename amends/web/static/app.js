// Liveness only: every page works without this file. Countdowns tick by the server's clock, not the reader's.
"use strict";
(() => {
  const root = document.documentElement;
  const loaded = performance.now();

  // The time at which the server wrote the page; the reader's own clock may say anything.
  function serverNow() {
    return Date.parse(root.dataset.now) + (performance.now() - loaded);
  }

  // <span class="left" data-until="2026-10-07T09:00:00Z"> … </span>: the words are made by Intl in the page's language.
  function countdown(element) {
    const minutes = Math.floor((Date.parse(element.dataset.until) - serverNow()) / 60000);
    if (Number.isNaN(minutes) || minutes < 1) return;
    const parts = [[Math.floor(minutes / 1440), "day"], [Math.floor(minutes / 60) % 24, "hour"], [minutes % 60, "minute"]];
    const shown = parts.filter(([many]) => many > 0).slice(0, 2).map(([many, unit]) =>
      new Intl.NumberFormat(root.lang, { style: "unit", unit, unitDisplay: "long" }).format(many));
    const target = element.querySelector("[data-time]") || element;
    const time = new Intl.ListFormat(root.lang, { type: "unit" }).format(shown);
    target.textContent = (root.dataset.left || "#").replace("#", time);
  }

  function tick() { document.querySelectorAll("[data-until]").forEach(countdown); }

  // What somebody was writing survives a lost session or a closed tab, on this device only, until it is sent.
  function keepDraft(form) {
    const name = `draft ${location.pathname} ${form.id}`;
    const fields = () => [...form.elements].filter((one) => one.name && !one.name.startsWith("_") &&
      one.name !== "csrfmiddlewaretoken" && one.type !== "file" && one.type !== "password" && one.type !== "hidden");
    try {
      const kept = JSON.parse(localStorage.getItem(name) || "null");
      if (kept && !form.dataset.filled) {
        for (const one of fields()) {
          if (!(one.name in kept)) continue;
          if (one.type === "radio" || one.type === "checkbox") one.checked = kept[one.name].includes(one.value);
          else one.value = kept[one.name][0] ?? "";
        }
      }
      form.addEventListener("input", () => {
        const now = {};
        for (const one of fields()) {
          now[one.name] ??= [];
          if ((one.type === "radio" || one.type === "checkbox") && !one.checked) continue;
          now[one.name].push(one.value);
        }
        localStorage.setItem(name, JSON.stringify(now));
      });
      // Screens that make one thing together (data-draft="all") are forgotten together, once that thing is done.
      const sent = form.dataset.draft === "all" ? `draft ${location.pathname} ` : name;
      form.addEventListener("submit", () => sessionStorage.setItem("sent", sent));
    } catch { /* a browser that keeps nothing loses nothing else */ }
  }

  // A draft is forgotten once the server took it: the next page says so with data-taken.
  try {
    const sent = sessionStorage.getItem("sent");
    if (sent && root.dataset.taken) {
      for (const name of Object.keys(localStorage)) {
        if (name === sent || (sent.endsWith(" ") && name.startsWith(sent))) localStorage.removeItem(name);
      }
    }
    sessionStorage.removeItem("sent");
  } catch { /* as above */ }

  // One click is one act: the button says that it was heard. The server would know it twice anyway, by its key.
  function once(event) {
    const form = event.target;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    setTimeout(() => { delete form.dataset.sending; }, 4000);
  }

  document.addEventListener("submit", once);
  document.querySelectorAll("form[data-draft]").forEach(keepDraft);
  tick();
  setInterval(tick, 30000);
})();
