/* The monthly report's form and the decision on it: nothing typed is lost, nothing is sent twice, the keyboard is
   enough. What is missing is worked out by the server (htmx asks it); here no rule is written again. */
(function () {
  "use strict";
  var form = document.getElementById("report-form") || document.getElementById("decision-form");
  if (!form) { return; }
  var sent = false;

  /* unsaved changes -------------------------------------------------------------------------------------------- */
  function said() {
    return Array.prototype.map.call(form.elements, function (box) {
      if (!box.name || box.type === "submit" || box.type === "hidden") { return ""; }
      return box.name + "=" + (box.type === "checkbox" ? box.checked : box.value);
    }).join("\n");
  }
  var before = said();
  window.addEventListener("beforeunload", function (event) {
    if (sent || (said() === before && !form.hasAttribute("data-unsaved"))) { return; }
    event.preventDefault();
    event.returnValue = "";
  });
  form.addEventListener("submit", function (event) {
    if (sent || held(event)) { event.preventDefault(); return; }
    sent = true;
    form.classList.add("is-sent");
  });
  /* Back in the browser brings the page as it was left. */
  window.addEventListener("pageshow", function () {
    sent = false;
    form.classList.remove("is-sent");
  });

  /* Somebody has signed in in another window since the page was drawn. Whether it is the same person the answer to
     saving by itself tells: until then nothing is sent, and under another name nothing leaves this page. */
  var drawn = secret();
  var waiting = null;
  function secret() {
    var found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    return found ? found[1] : "";
  }
  function held(event) {
    if (secret() === drawn || !document.getElementById("autosaved") || !window.htmx) { return false; }
    waiting = event.submitter || document.activeElement;
    window.htmx.trigger(document.body, "keep-again");
    return true;
  }
  function release(xhr) {
    var button = waiting;
    waiting = null;
    if (xhr.status === 401 || xhr.getResponseHeader("X-Signed-In-As")) { return; }
    if (xhr.status) { drawn = secret(); }
    if (xhr.status && button && button.form === form && button.type === "submit") { button.click(); }
  }

  /* keyboard --------------------------------------------------------------------------------------------------- */
  var save = document.getElementById("save");
  if (!save) { return; }
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      save.click();
    }
  });
  form.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") { return; }
    event.preventDefault();
    var boxes = Array.prototype.filter.call(form.querySelectorAll("input, textarea, button"), function (box) {
      return box.type !== "hidden" && box.offsetParent !== null;
    });
    var next = boxes[boxes.indexOf(event.target) + 1];
    if (next) { next.focus(); }
  });

  /* lines that say what they said last ------------------------------------------------------------------------- */
  function boxesOf(line) { return Array.prototype.slice.call(line.querySelectorAll("input[data-last]")); }
  function tell(line) {
    var badge = line.querySelector(".line-badge");
    var same = boxesOf(line).every(function (box) { return box.value.trim() === box.getAttribute("data-last"); });
    if (line.querySelector(".line-same")) {
      badge.textContent = form.getAttribute(same ? "data-same" : "data-changed");
    }
    boxesOf(line).forEach(function (box) {
      var value = line.querySelector('[data-of="' + box.id + '"]');
      if (box.value !== box.defaultValue || value.hasAttribute("data-typed")) {
        value.textContent = box.value || "—";
        value.setAttribute("data-typed", "");
      }
    });
  }
  Array.prototype.forEach.call(form.querySelectorAll(".line"), function (line) {
    var button = line.querySelector("button.line-same");
    line.addEventListener("input", function () { tell(line); });
    if (!button) { return; }
    button.hidden = false;
    button.addEventListener("click", function () {
      boxesOf(line).forEach(function (box) { box.value = box.getAttribute("data-last"); });
      tell(line);
      line.open = false;
      line.querySelector("summary").focus();
      boxesOf(line)[0].dispatchEvent(new Event("change", { bubbles: true }));
    });
  });

  /* the list of what is missing -------------------------------------------------------------------------------- */
  form.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#id_']");
    var box = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!box) { return; }
    event.preventDefault();
    for (var fold = box.closest("details"); fold; fold = fold.parentNode.closest("details")) { fold.open = true; }
    box.focus();
    box.scrollIntoView({ block: "center" });
  });
  /* saving by itself, and an expired sign-in ------------------------------------------------------------------- */
  var asked = null;
  var signedOut = document.getElementById("signed-out");
  function token() {
    /* Signing in again in another window gives the browser another token than the page was drawn with. */
    var now = secret();
    var box = form.querySelector("input[name='csrfmiddlewaretoken']");
    if (now && box) { box.value = now; }
  }
  form.addEventListener("submit", token);
  document.addEventListener("htmx:configRequest", function (event) {
    token();
    if (event.detail.parameters.csrfmiddlewaretoken) {
      event.detail.parameters.csrfmiddlewaretoken = form.querySelector("input[name='csrfmiddlewaretoken']").value;
    }
  });
  /* By its address: where the answer was swapped in, the element that asked is gone. */
  function isAutosave(event) {
    var config = event.detail.requestConfig;
    return config ? /\/autosave\/$/.test(config.path) : event.detail.elt && event.detail.elt.id === "autosaved";
  }
  document.addEventListener("htmx:beforeRequest", function (event) { if (isAutosave(event)) { asked = said(); } });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (!event.detail.xhr || !signedOut) { return; }
    if (event.detail.xhr.status === 401) {
      if (signedOut.hidden) { signedOut.hidden = false; signedOut.scrollIntoView({ block: "nearest" }); }
    } else if (event.detail.successful) {
      signedOut.hidden = true;
    }
    /* Whoever has to sign in again has saved nothing since, whichever request has found that out. */
    if (isAutosave(event) || event.detail.xhr.status === 401) { tellKept(event.detail.xhr, event.detail.successful); }
    if (isAutosave(event) && waiting) { release(event.detail.xhr); }
  });
  function keepAgain() {
    if (window.htmx) { window.htmx.trigger(document.body, "keep-again"); }
  }
  /* Back from the window with the sign-in: what has been typed is kept now. */
  window.addEventListener("focus", function () {
    if ((signedOut && !signedOut.hidden) || (notKept && notKept.getAttribute("data-why") === "other")) { keepAgain(); }
  });

  /* saving by itself has failed: never silently, whatever the cause --------------------------------------------- */
  var notKept = document.getElementById("not-kept");
  var trying = null;
  function causeOf(status) {
    if (!status) { return "net"; }
    return status >= 500 || status === 429 ? "server" : "gone";
  }
  function tellKept(xhr, kept) {
    var note = document.getElementById("autosaved");
    var told = /id="autosaved"/.test(xhr.responseText || "");
    window.clearTimeout(trying);
    if (!kept && !told && note) {
      note.textContent = notKept.getAttribute("data-short");
      note.className = "form-actions-note autosaved autosaved-not";
      note.setAttribute("data-failed", "");
    } else if (xhr.status === 204 && note && note.hasAttribute("data-failed")) {
      note.textContent = "";
      note.className = "form-actions-note autosaved";
      note.removeAttribute("data-failed");
    }
    notKept.removeAttribute("data-why");
    if (kept || xhr.status === 401) { notKept.hidden = true; return; }
    /* Signed in again, but as somebody else: nothing is saved under that name. */
    var other = xhr.getResponseHeader("X-Signed-In-As");
    var cause = other ? "other" : causeOf(xhr.status);
    notKept.setAttribute("data-why", cause);
    if (other) { notKept.querySelector("[data-person]").textContent = decodeURIComponent(other); }
    if (signedOut && (other || cause === "gone")) { signedOut.hidden = true; }
    Array.prototype.forEach.call(notKept.querySelectorAll("[data-cause]"), function (text) {
      text.hidden = text.getAttribute("data-cause") !== cause;
    });
    if (notKept.hidden) { notKept.hidden = false; notKept.scrollIntoView({ block: "nearest" }); }
    if (cause !== "gone" && cause !== "other") { trying = window.setTimeout(keepAgain, 20000); }
  }
  window.addEventListener("online", function () {
    if (notKept && !notKept.hidden) { keepAgain(); }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    var note = document.getElementById("autosaved");
    if (event.detail.target && event.detail.target.id === "autosaved" && note && note.hasAttribute("data-saved")) {
      before = asked;
      form.removeAttribute("data-unsaved");
    }
  });
  /* An answer that is no part of this page (a sign-in page, an error) does not belong here. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!/\/(check|autosave)\/$/.test(event.detail.xhr.responseURL)) { event.detail.shouldSwap = false; return; }
    /* A refusal that says beside the buttons why. */
    if (isAutosave(event) && /id="autosaved"/.test(event.detail.xhr.responseText)) { event.detail.shouldSwap = true; }
  });
  document.addEventListener("htmx:afterSwap", function () {
    if (document.querySelector("#checklist a[href='#id_reason'], #checklist a[href^='#id_measure'], #checklist a[href='#id_factor']")) {
      document.getElementById("group-reason").open = true;
    }
  });
})();
