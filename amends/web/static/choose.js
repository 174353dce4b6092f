// Liveness only: each row has its own box. Where a list has several, its heading gets one for all of them.
"use strict";
(() => {
  for (const head of document.querySelectorAll("th[data-all]")) {
    const boxes = [...head.closest("table").querySelectorAll("tbody input[name='row']")];
    if (boxes.length < 2) continue;
    const [label, all, words] = ["label", "input", "span"].map((name) => document.createElement(name));
    all.type = "checkbox";
    words.textContent = head.dataset.all;
    label.className = "pick all";
    label.append(all, words);
    head.append(label);

    const look = () => {
      const many = boxes.filter((one) => one.checked).length;
      all.checked = many === boxes.length;
      all.indeterminate = many > 0 && !all.checked;
    };
    all.addEventListener("change", () => boxes.forEach((one) => { one.checked = all.checked; }));
    boxes.forEach((one) => one.addEventListener("change", look));
    look();  // a browser that goes back keeps what was ticked
  }
})();
