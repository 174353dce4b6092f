// Passkeys and security keys: what the server asks for goes to the browser, what the key answers goes into the form.
"use strict";
(() => {
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  function written(credential) {
    const said = credential.response;
    const response = { clientDataJSON: text(said.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (said[name]) response[name] = text(said[name]);
    }
    if (said.getTransports) response.transports = said.getTransports();
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  }

  async function create(asked, form) {
    const options = asked.creation_options.publicKey;
    const alone = Boolean(form.elements.passwordless && form.elements.passwordless.checked);
    const selection = { ...options.authenticatorSelection, residentKey: alone ? "required" : "discouraged", requireResidentKey: alone };
    if (alone) selection.userVerification = "required";
    return navigator.credentials.create({ publicKey: {
      ...options, authenticatorSelection: selection, challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: known(options.excludeCredentials),
    } });
  }

  async function get(asked) {
    const options = asked.request_options.publicKey;
    return navigator.credentials.get({ publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials),
    } });
  }

  async function asked(form) {
    if (form.dataset.passkey !== "login") return JSON.parse(document.getElementById("passkey-data").textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    return answer.json();
  }

  async function use(event) {
    const form = event.target;
    event.preventDefault();
    const failed = form.querySelector("[role=alert]");
    failed.hidden = true;
    try {
      const wanted = await asked(form);
      const credential = form.dataset.passkey === "create" ? await create(wanted, form) : await get(wanted);
      form.elements.credential.value = written(credential);
      HTMLFormElement.prototype.submit.call(form);
    } catch {
      delete form.dataset.sending;
      failed.hidden = false;
    }
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", use);
  }
})();
