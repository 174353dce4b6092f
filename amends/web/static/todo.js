// Liveness only: every row's acts are links. j and k move, a o r and Enter open what the row offers, x chooses, ? explains.
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

  function go(to) {
    if (rows[at]) rows[at].removeAttribute("aria-current");
    at = Math.min(Math.max(to, 0), rows.length - 1);
    rows[at].setAttribute("aria-current", "true");
    rows[at].querySelector("[data-key='Enter']").focus();
    rows[at].scrollIntoView({ block: "nearest" });
  }

  // Whoever comes by Tab stands in the row he tabbed into.
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row) return;
    if (rows[at] && rows[at] !== row) rows[at].removeAttribute("aria-current");
    at = rows.indexOf(row);
    row.setAttribute("aria-current", "true");
  });

  document.addEventListener("keydown", (event) => {
    if (!on.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = event.target.closest("textarea, select, input:not([type='checkbox'])");
    if (typing) return;
    if (event.key === "?") { keys.open = !keys.open; return; }
    if (event.key === "j") { go(at + 1); return; }
    if (event.key === "k") { go(at - 1); return; }
    const row = rows[at];
    if (!row) return;
    if (event.key === "x") { row.querySelector("input[name='row']")?.click(); return; }
    if (!["a", "o", "r"].includes(event.key)) return;
    const link = row.querySelector(`[data-key='${event.key}']`);
    if (link) { event.preventDefault(); link.click(); }
  });
})();
