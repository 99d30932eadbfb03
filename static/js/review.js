/* The queue: choosing all ordinary reports at once, and how many are chosen. Without it each is chosen by itself. */
(function () {
  "use strict";
  var all = document.querySelector("[data-pick-all]");
  var boxes = Array.prototype.slice.call(document.querySelectorAll("input[name=report][form=bulk]"));
  var count = document.querySelector("[data-picked]");
  if (!all || !count) { return; }
  function tell() {
    var picked = boxes.filter(function (box) { return box.checked; }).length;
    count.textContent = picked ? "(" + picked + ")" : "";
    all.checked = picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }
  all.hidden = false;
  all.addEventListener("change", function () {
    boxes.forEach(function (box) { box.checked = all.checked; });
    tell();
  });
  boxes.forEach(function (box) { box.addEventListener("change", tell); });
  tell();
})();
