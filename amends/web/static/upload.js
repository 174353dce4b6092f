// Files are sent as soon as they are chosen, in pieces, and go on after a broken connection. Without this file the
// form sends them in one go.
"use strict";
(() => {
  const PIECE = 4 * 1024 * 1024;
  const PAUSES = [1, 2, 5, 10, 20, 30];  // seconds before it is tried again, for as long as the page is open

  document.querySelectorAll("[data-upload]").forEach((section) => {
    const form = section.querySelector("form[enctype]");
    if (!form || !window.XMLHttpRequest || !Blob.prototype.slice) return;
    const token = form.elements.csrfmiddlewaretoken.value;
    const sending = section.querySelector("[data-sending]");
    const inputs = [...form.querySelectorAll("input[type=file]")];
    const drop = section.querySelector("[data-drop]");
    const button = form.querySelector(".acts button");
    let queue = Promise.resolve();
    let underWay = 0;

    const say = (name) => section.dataset[`say${name}`];
    const known = (file) => `upload ${section.dataset.upload} ${file.name} ${file.size} ${file.lastModified}`;

    function line(file) {
      const item = document.createElement("li");
      const name = document.createElement("bdi");
      const bar = document.createElement("progress");
      const told = document.createElement("span");
      const stop = document.createElement("button");
      name.textContent = file.name;
      bar.max = file.size;
      bar.value = 0;
      bar.setAttribute("aria-label", `${say("Sending")} ${file.name}`);
      stop.type = "button";
      stop.className = "button plain small-button";
      stop.textContent = say("Stop");
      item.append(name, " ", told, bar, stop);
      sending.append(item);
      return { item, bar, told, stop, tell(text, wrong) { told.textContent = text; told.className = wrong ? "wrong" : "quiet"; } };
    }

    // One request; `progress` hears how much of it has left. Resolves with { status, body, offset }, rejects when cut.
    function ask(method, address, headers, body, progress, row) {
      return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open(method, address);
        request.setRequestHeader("X-CSRFToken", token);
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
        request.upload.onprogress = (event) => progress && progress(event.loaded);
        request.onload = () => {
          let document_ = {};
          try { document_ = JSON.parse(request.responseText); } catch { /* a page, not an answer to us */ }
          const offset = Number(request.getResponseHeader("Upload-Offset") ?? NaN);
          resolve({ status: request.status, body: document_, offset, text: request.responseText });
        };
        request.onerror = request.onabort = request.ontimeout = () => reject(new Error("cut"));
        row.request = request;
        request.send(body);
      });
    }

    async function begin(file, row) {
      const kept = localStorage.getItem(known(file));
      if (kept) {
        const there = await ask("HEAD", kept, {}, null, null, row);
        if (there.status === 200 && there.offset < file.size) return { address: kept, offset: there.offset };
        localStorage.removeItem(known(file));
      }
      const headers = { "Upload-Length": file.size, "Upload-Name": encodeURIComponent(file.name), "Upload-Type": file.type || "application/octet-stream" };
      const begun = await ask("POST", section.dataset.upload, headers, null, null, row);
      if (begun.status !== 201) throw Object.assign(new Error("refused"), { sentence: begun.body.sentence });
      localStorage.setItem(known(file), begun.body.address);
      return { address: begun.body.address, offset: 0 };
    }

    function forget(file) {
      const address = localStorage.getItem(known(file));
      localStorage.removeItem(known(file));
      if (address) fetch(address, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
    }

    async function piece(file, at, row) {
      const part = file.slice(at.offset, at.offset + PIECE);
      const headers = { "Upload-Offset": at.offset, "Content-Type": "application/octet-stream" };
      const answer = await ask("PATCH", at.address, headers, part, (sent) => { row.bar.value = at.offset + sent; }, row);
      if (answer.status === 200 || answer.status === 409) {
        at.offset = answer.body.offset;
        row.bar.value = at.offset;
        return Boolean(answer.body.whole);
      }
      if (answer.status >= 500 || answer.status === 408) throw new Error("cut");
      throw Object.assign(new Error("refused"), { sentence: answer.body.sentence });
    }

    async function send(file, row) {
      if (file.size > Number(section.dataset.most)) throw Object.assign(new Error("refused"), { sentence: say("Large") });
      let at = null;
      for (let failed = 0; !row.stopped;) {
        try {
          at ??= await begin(file, row);
          row.tell(say("Sending"));
          if (await piece(file, at, row)) return at.address;
          failed = 0;
        } catch (fault) {
          if (fault.message !== "cut" || row.stopped) throw fault;
          row.tell(say("Cut"), true);
          await new Promise((resolve) => { setTimeout(resolve, 1000 * PAUSES[Math.min(failed, PAUSES.length - 1)]); });
          failed += 1;
          if (at) at = null;  // where to go on the server knows
        }
      }
      throw new Error("stopped");
    }

    // The file as the server shows it in the list of those that wait: with its picture, and what the coach says of it.
    async function put(address, row) {
      const about = new URLSearchParams({ back: section.dataset.back, form: section.dataset.form, dispute: section.dataset.dispute || "" });
      const answer = await ask("GET", `${address}?${about}`, {}, null, null, row);
      if (answer.status !== 200) { location.reload(); return; }
      const made = new DOMParser().parseFromString(answer.text, "text/html").querySelector("li");
      section.querySelector("[data-list]").append(document.importNode(made, true));
    }

    async function one(file) {
      const row = line(file);
      row.stop.addEventListener("click", () => { row.stopped = true; if (row.request) row.request.abort(); forget(file); });
      underWay += 1;
      button.disabled = true;
      try {
        const address = await send(file, row);
        await put(address, row);
        localStorage.removeItem(known(file));
        row.item.remove();
      } catch (fault) {
        row.bar.remove();
        row.stop.remove();
        if (row.stopped) row.item.remove();
        else row.tell(fault.sentence || say("Failed"), true);
      } finally {
        underWay -= 1;
        button.disabled = underWay > 0;
      }
    }

    function take(files) {
      for (const file of files) queue = queue.then(() => one(file));
    }

    for (const input of inputs) {
      input.addEventListener("change", () => {
        take([...input.files]);
        input.value = "";  // what is sent already is not sent again with the form
      });
    }
    drop.querySelector(".drop-here").hidden = false;
    section.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
    section.addEventListener("dragleave", () => drop.classList.remove("over"));
    section.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      take([...event.dataTransfer.files]);
    });
    window.addEventListener("beforeunload", (event) => { if (underWay) event.preventDefault(); });
    if (!section.dataset.dispute) button.parentElement.remove();  // chosen is sent
  });
})();
