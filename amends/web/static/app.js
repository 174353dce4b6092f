// Liveness only: every page works without this file. Countdowns tick by the server's clock, not the reader's.
"use strict";
(() => {
  const root = document.documentElement;
  const loaded = performance.now();

  // The time at which the server wrote the page; the reader's own clock may say anything.
  function serverNow() {
    return Date.parse(root.dataset.now) + (performance.now() - loaded);
  }

  // Words and rule are the server's (amends/words/dates.py): the largest unit there is and the next one, nothing more.
  // Where the clock of a sandbox stands still it sends none, and nothing ticks.
  const said = JSON.parse(root.dataset.ticking || "null");
  const counted = (many, unit) => {
    const form = said.form[many < said.form.length ? many : 100 + many % 100];
    return said.words[form.charCodeAt(0) - 97][unit].replace("#", many);
  };
  function left(minutes) {
    const unit = said.sizes.findIndex((size) => minutes >= size);
    if (unit < 0) return said.now;
    const many = Math.floor(minutes / said.sizes[unit]);
    const rest = Math.floor((minutes % said.sizes[unit]) / said.sizes[unit + 1]) || 0;
    const frame = rest ? said.two.replace("#2", counted(rest, unit + 1)) : said.one;
    return frame.replace("#1", counted(many, unit));
  }

  // <span class="left" data-until="2026-10-07T09:00:00Z"> … </span>; what was over when the page was written stays.
  function countdown(element) {
    const until = Date.parse(element.dataset.until);
    if (!(until > Date.parse(root.dataset.now))) return;
    const words = left(Math.floor((until - serverNow()) / 60000));
    if (element.textContent !== words) element.textContent = words;
  }

  function tick() { if (said) document.querySelectorAll("[data-until]").forEach(countdown); }

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

  // A picture larger than its field is looked at from its middle, where the thing is. Its size stands in the page.
  function centred(pane) {
    const [across, down] = [pane.scrollWidth - pane.clientWidth, pane.scrollHeight - pane.clientHeight];
    pane.scrollTo((root.dir === "rtl" ? -across : across) / 2, down / 2);
  }

  document.querySelectorAll(".pane").forEach(centred);
  document.addEventListener("submit", once);
  document.querySelectorAll("form[data-draft]").forEach(keepDraft);
  tick();
  setInterval(tick, 30000);
})();
