/* What every page has: the present entry of the navigation in sight, the focus in sight above a bar of buttons, the print
   button, and the ready flag. */
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll(".site-nav, .office-tabs, .period-tabs"), function (nav) {
    var here = nav.querySelector("[aria-current]");
    if (here && nav.scrollWidth > nav.clientWidth) {
      var from = here.getBoundingClientRect().left - nav.getBoundingClientRect().left + nav.scrollLeft;
      var first = nav.querySelector("li");
      /* The first entry of the main bar stays at its left (portal.css); the present one stands in what is left. */
      var kept = first && window.getComputedStyle(first).position === "sticky" ? first.offsetWidth : 0;
      nav.scrollLeft = from - kept - (nav.clientWidth - kept - here.offsetWidth) / 2;
    }
  });
  /* The bar that stays at the lower edge hides nothing that has the focus. While a button of the mouse is down nothing
     moves: the click would miss what it began on. */
  var pressed = false;
  function uncover() {
    var box = document.activeElement;
    if (pressed || !box || box === document.body || box.id === "main") { return; }
    Array.prototype.forEach.call(document.querySelectorAll(".form-actions-sticky"), function (bar) {
      var it = box.getBoundingClientRect(), edge = bar.getBoundingClientRect();
      var meets = it.top < edge.bottom && it.bottom > edge.top && it.left < edge.right && it.right > edge.left;
      if (meets && !bar.contains(box)) { window.scrollBy(0, Math.max(0, Math.min(it.bottom + 8 - edge.top, it.top - 8))); }
    });
  }
  if (document.querySelector(".form-actions-sticky")) {
    /* The browser itself scrolls after the event. */
    document.addEventListener("focusin", function () { window.setTimeout(uncover, 0); });
    document.addEventListener("mousedown", function () { pressed = true; }, true);
    document.addEventListener("mouseup", function () {
      window.setTimeout(function () { pressed = false; uncover(); }, 0);
    }, true);
    window.addEventListener("resize", uncover);
    window.addEventListener("load", uncover);
  }
  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  /* Back as the browser goes back, so that what was typed there still stands; without a script, by the address. */
  Array.prototype.forEach.call(document.querySelectorAll("[data-back]"), function (link) {
    link.addEventListener("click", function (event) {
      if (window.history.length > 1) {
        event.preventDefault();
        window.history.back();
      }
    });
  });
  /* A request given up because a newer choice replaced it is no error: htmx would write it to the console as one. What
     fails says so by htmx:sendError or htmx:responseError besides. */
  if (window.htmx) {
    window.htmx.logger = function (_element, name, detail) {
      if (name === "htmx:sendAbort" || name === "htmx:afterRequest") { delete detail.error; }
    };
  }
  /* Every script is deferred, and charts.js draws at once: when this comes, all is drawn. */
  document.addEventListener("DOMContentLoaded", function () {
    document.documentElement.setAttribute("data-ready", "true");
  });
})();
