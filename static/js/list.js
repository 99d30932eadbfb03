/* A list with its filter in place. Everything that changes it (a field, a head, a page, a condition taken away) goes
   through the filter's form, which is never swapped: so nothing typed or chosen meanwhile is lost, what is asked last
   counts, and the address says all of it. Without a script form and links work by the address. */
(function () {
  "use strict";
  var form = document.getElementById("list-form");
  var failed = document.getElementById("list-failed");
  var sent = {};
  var underWay = null;
  var page = "";
  var step = "";
  if (!form || !window.htmx) { return; }

  function each(found, act) { Array.prototype.forEach.call(found, act); }
  function asked(event) { return event.detail.requestConfig && event.detail.requestConfig.elt === form; }
  function values() {
    var found = {};
    each(form.elements, function (control) { if (control.name) { found[control.name] = control.value; } });
    return found;
  }
  function put(name, value) {
    var control = form.elements[name];
    if (!control && value) {
      control = document.createElement("input");
      control.type = "hidden";
      control.name = name;
      form.appendChild(control);
    }
    if (control) { control.value = value; }
  }
  /* What the link changes of the address that is shown; the rest of the form stays as it is now. */
  function take(link) {
    var from = new URLSearchParams(window.location.search);
    var to = new URLSearchParams(link.search);
    var names = {};
    from.forEach(function (value, name) { names[name] = true; });
    to.forEach(function (value, name) { names[name] = true; });
    page = to.get("page") || "";
    Object.keys(names).forEach(function (name) {
      var value = to.get(name) || "";
      if (name !== "page" && value !== (from.get(name) || "")) { put(name, value); }
    });
  }
  function empty() {
    page = "";
    each(form.elements, function (control) { if (control.name) { control.value = ""; } });
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("#list a[href]") : null;
    var plain = !event.defaultPrevented && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || link.pathname !== window.location.pathname || link.host !== window.location.host) { return; }
    event.preventDefault();
    step = link.closest(".pager") ? "page" : "link";
    if (link.search) { take(link); } else { empty(); }
    window.htmx.trigger(form, "submit");
    step = "";
  });

  function stepOf(event) { return step || (event && event.type === "submit" ? "submit" : ""); }
  function isSent(now) {
    return Object.keys(now).every(function (name) { return now[name] === sent[name]; });
  }
  /* Enter after typing changes and submits: what is on its way already is not asked again. */
  document.addEventListener("htmx:confirm", function (event) {
    if (event.detail.elt !== form || !underWay || !form.classList.contains("htmx-request")) { return; }
    if (page === underWay.page && isSent(values())) {
      event.preventDefault();
      underWay.step = stepOf(event.detail.triggeringEvent);
      page = "";
    }
  });
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.elt !== form) { return; }
    sent = values();
    if (page) { event.detail.parameters.page = page; }
    underWay = event.detail;
    underWay.page = page;
    underWay.step = stepOf(underWay.triggeringEvent);
    page = "";
  });
  /* Choices and what is wrong with a field come with the answer, but not to a field that is in use or has changed since. */
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (!asked(event) || !event.detail.shouldSwap) { return; }
    var there = new DOMParser().parseFromString(event.detail.serverResponse, "text/html").getElementById("list-form");
    if (!there) { return; }
    each(form.querySelectorAll(".field"), function (field) {
      var control = field.querySelector("[name]");
      var other = control && there.elements[control.name];
      var fresh = other && other.closest(".field");
      if (!fresh || control === document.activeElement || control.value !== sent[control.name]) { return; }
      field.className = fresh.className;
      field.innerHTML = fresh.innerHTML;
    });
  });
  /* The same address again is no step to go back to. */
  document.addEventListener("htmx:beforeHistoryUpdate", function (event) {
    var here = window.location.pathname + window.location.search;
    if (asked(event) && event.detail.history.path === here) { event.detail.history.type = "replace"; }
  });
  /* Heads have ids, by which htmx gives the focus back. Whoever turned the page begins at its top. */
  document.addEventListener("htmx:afterSwap", function (event) {
    var rows = document.getElementById("list-rows");
    if (!asked(event) || event.target !== rows) { return; }
    var by = event.detail.requestConfig.step;
    if (failed) { failed.hidden = true; }
    if (by === "submit" && window.matchMedia("(max-width: 767px)").matches) { form.parentNode.open = false; }
    if (by === "page" || (by && (document.activeElement === document.body || !document.activeElement.offsetParent))) {
      rows.focus();
    }
    if (by === "page") { rows.scrollIntoView(); }
  });
  /* Refused or broken: the address as a page of its own, which leads to the sign-in or says what is wrong. */
  document.addEventListener("htmx:responseError", function (event) {
    if (asked(event)) { window.location.assign(event.detail.pathInfo.finalRequestPath); }
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (!asked(event) || !failed) { return; }
      failed.hidden = false;
      failed.scrollIntoView({ block: "nearest" });
    });
  });
})();
