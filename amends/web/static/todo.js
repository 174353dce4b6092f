// Liveness only: every row's acts are links. j and k move, a o r and Enter open what the row offers, x chooses, ? explains.
// The first row is current at once; after an act the address names the row that comes next (#row-3).
"use strict";
(() => {
  const rows = [...document.querySelectorAll("tr[data-row]")];
  const keys = document.querySelector("details.keys");
  const on = document.querySelector("[data-keys-on]");
  if (!rows.length || !keys || !on) return;
  let at = -1;

  // A person who speaks to the machine, or types by accident, can turn the keys off; kept on this device.
  try { on.checked = localStorage.getItem("todo keys") !== "off"; } catch { /* a browser that keeps nothing */ }
  on.addEventListener("change", () => {
    try { localStorage.setItem("todo keys", on.checked ? "on" : "off"); } catch { /* as above */ }
  });

  function stand(to) {
    if (rows[at]) rows[at].removeAttribute("aria-current");
    at = Math.min(Math.max(to, 0), rows.length - 1);
    rows[at].setAttribute("aria-current", "true");
  }

  function go(to) {
    stand(to);
    rows[at].querySelector("[data-key='Enter']").focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  }

  // Whoever comes by Tab stands in the row he tabbed into.
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row) stand(rows.indexOf(row));
  });

  document.addEventListener("keydown", (event) => {
    if (!on.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = event.target.closest("textarea, select, input:not([type='checkbox'])");
    if (typing) return;
    if (event.key === "?") { keys.open = !keys.open; return; }
    if (event.key === "j") { go(at + 1); return; }
    if (event.key === "k") { go(at - 1); return; }
    const row = rows[at];
    if (event.key === "Enter" && event.target === document.body) { row.querySelector("[data-key='Enter']").click(); return; }
    if (event.key === "x") { row.querySelector("input[name='row']")?.click(); return; }
    if (!["a", "o", "r"].includes(event.key)) return;
    const link = row.querySelector(`[data-key='${event.key}']`);
    if (link) { event.preventDefault(); link.click(); }
  });

  const next = /^#row-(\d{1,4})$/.exec(location.hash);
  if (next) go(Number(next[1]) - 1); else stand(0);
})();
