// While somebody decides: the split of the money and the letter follow what is typed. The server writes both; this
// file only asks for them again. Without it the button "Read the letter" does the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-live]");
  const ahead = document.getElementById("ahead");
  const split = document.getElementById("split");
  if (!form || !ahead || !split) return;
  let waiting = 0;
  let asked = 0;

  async function ask() {
    const mine = ++asked;
    const body = new FormData(form);
    body.set("_step", "preview");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Live": "1" } });
      if (!answer.ok || mine !== asked) return;
      const written = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return;
      for (const part of [ahead, split]) {
        const anew = written.getElementById(part.id);
        if (anew) part.replaceChildren(...anew.childNodes);
      }
      // The foot of the form has grown: it never stands over what somebody is writing in.
      if (form.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
    } catch { /* away for a moment: the button still works */ }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    asked++;
    // What stands in the letter is no longer what stands in the form: it cannot be sent as it is.
    ahead.querySelectorAll("button").forEach((button) => { button.disabled = true; });
    waiting = setTimeout(ask, 400);
  });
})();
