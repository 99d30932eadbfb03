/* What a phone folds to one line: the filter of a list unless it is in use, what stands above a form. Without a script
   it stays open. */
(function () {
  "use strict";
  function fold() {
    if (!window.matchMedia("(max-width: 767px)").matches) { return; }
    Array.prototype.forEach.call(document.querySelectorAll("[data-fold-small]"), function (details) {
      details.open = false;
      details.removeAttribute("data-fold-small");
    });
  }
  fold();
  document.addEventListener("htmx:afterSwap", fold);
})();
